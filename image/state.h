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
 * state_format() makes an empty head of anything.
 *
 * Nobody else assigns the state.  The functions change a head in memory that
 * head_check() accepted; base/ writes it and makes it durable.  Each returns 0,
 * or -1 and why[WHY_SIZE] if the diagram has no such arrow, and the head is as
 * it was.  now: seconds since 1970.
 */
#ifndef IMAGE_STATE_H
#define IMAGE_STATE_H

#include <stdbool.h>

#include "format.h"

/* A target without an image, whatever the head was. */
void state_format(struct image_head *head, const uint8_t target_id[16]);

/* B begins: all of the head is cleared but the target's id. */
int state_write(struct image_head *head, char *why);

/* B: all else of the image is on the device. */
int state_arm(struct image_head *head, char *why);

/* B gives up: the target is empty, with the reason, in which any byte may be. */
int state_emptied(struct image_head *head, const char *reason, char *why);

/* Count an attempt to resume, before it begins. */
int state_attempt(struct image_head *head, char *why);

/* C: memory is A's again and was checked; the jump is next, and never a second one. */
int state_used(struct image_head *head, uint64_t now, char *why);

/*
 * C: the jump came back, so nothing of A has run and the image is what it was.
 * Another attempt may be made if one is left.
 */
int state_jump_failed(struct image_head *head, char *why);

/*
 * Set an armed or resuming image aside: it is kept for inspection.  This works
 * for heads of other versions too (head_foreign()); they do not get the reason.
 */
int state_failed(struct image_head *head, const char *reason, uint64_t now, char *why);

/* A boot has told the user of this state; no other will. */
void state_told(struct image_head *head);

/* Might this image still be resumed by somebody?  By its state alone. */
bool state_is_live(uint32_t state);

#endif
