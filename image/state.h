/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - the life of an image: every change of its state
 *
 *           state_write    state_arm       state_attempt      state_used
 *  empty ------------> writing -----> armed ---------> resuming -----> used
 *    ^                   |  ^           |              ^ |  ^           |
 *    +-------------------+  |           |              +-+  +-----------+
 *       state_emptied       |           v             again   state_jump_failed
 *                           +-------- failed <-----------+
 *                          state_write      state_failed
 *
 * state_write() takes any image that can no longer be resumed: empty, an
 * interrupted writing, used, failed, and resuming if all attempts are used up.
 * state_format() makes an empty head of anything; both keep nothing but the id.
 *
 * Nobody else assigns the state.  The functions change a head in memory that
 * head_check() accepted; base/ makes it durable.  If the diagram has no such arrow,
 * they return -1 and the head is as it was.  now: seconds since 1970; reason: any bytes.
 */
#ifndef IMAGE_STATE_H
#define IMAGE_STATE_H

#include <stdbool.h>

#include "format.h"

void state_format(struct image_head *head, const uint8_t target_id[16]);
int state_write(struct image_head *head, char *why);
int state_arm(struct image_head *head, char *why);	/* all else of the image is on the device */
int state_emptied(struct image_head *head, const char *reason, char *why);	/* B gives up */
int state_attempt(struct image_head *head, char *why);	/* counted before it begins */

/* C: memory is A's again and was checked; the jump is next, and never a second one. */
int state_used(struct image_head *head, uint64_t now, char *why);

/* C: the jump came back, so nothing of A has run.  Another attempt may be made if one is left. */
int state_jump_failed(struct image_head *head, char *why);

/*
 * Set an armed or resuming image aside: it is kept for inspection.  This works
 * for heads of other versions too (head_foreign()); they do not get the reason.
 */
int state_failed(struct image_head *head, const char *reason, uint64_t now, char *why);

/* Might this image still be resumed by somebody?  By its state alone. */
bool state_is_live(uint32_t state);

#endif
