/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * restore.h - from an image to the memory of the machine
 *
 * The order is the caller's, and each step has its own cost of failure
 * (docs/design.md section 3): image_open() and image_begin() leave the machine
 * as it was; from image_restore() on it holds a mix of two systems.
 */
#ifndef RESTORER_RESTORE_H
#define RESTORER_RESTORE_H

#include <stdbool.h>

#include "../base/target.h"
#include "../image/head.h"
#include "../image/tail.h"

enum image_purpose {
	IMAGE_RESUME,
	IMAGE_RESUME_COUNTED,	/* the boot script of A's initramfs has counted this attempt */
	IMAGE_LOOK,		/* used and failed images may be looked at as well */
};

struct image {
	struct target target;
	struct image_head head;
	struct tail_view tail;
	void *tail_buf;
	enum image_purpose purpose;
	bool damaged;		/* what failed was a check: to try again is of no use */
};

/*
 * Read and check head and tail of an image on a target that is open; the
 * target belongs to the image from here on.  An image whose state does not
 * allow the purpose fails with the reason.  0, or -1 and the failure has been said.
 */
int image_open(struct image *img, const struct target *target, enum image_purpose purpose);
void image_close(struct image *img);

/* Read every chunk and check it, and that each page of the RAM map comes once. */
int image_verify(struct image *img);

/* Count an attempt in the head, durably.  After this a power cut leads to another one. */
int image_begin(struct image *img);

/* The same as image_verify(), and write all of it to /dev/oldmem. */
int image_restore(struct image *img);

/* After the last check and before the jump: never again. */
int image_mark_used(struct image *img);

/* Keep the image for inspection, with the reason; it is not tried again. */
int image_mark_failed(struct image *img, const char *reason);

/* The same for a target of which only the head has been read, and is intact. */
int target_count_attempt(const struct target *target, struct image_head *head);
int target_mark_failed(const struct target *target, struct image_head *head, const char *reason);

/* A boot has told of what the head says; no other will. */
int target_mark_told(const struct target *target, struct image_head *head);

#endif
