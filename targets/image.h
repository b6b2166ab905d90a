/* SPDX-License-Identifier: GPL-2.0-only */
/* image.h - an image on a target: open it, read it chunk by chunk, change its state */
#ifndef TARGETS_IMAGE_H
#define TARGETS_IMAGE_H

#include <stdbool.h>

#include "target.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/tail.h"

enum image_purpose {
	IMAGE_RESUME,
	IMAGE_RESUME_COUNTED,	/* the boot script of A's initramfs has counted this attempt */
	IMAGE_LOOK,		/* used and failed images may be looked at as well */
};

/*
 * What becomes of an image whose resume failed.  It is set aside if the fault will
 * stay: the image is damaged or does not fit this machine, or a device of A was
 * written since.  It is left as it is if the next attempt may end otherwise: a read
 * failed, memory lacked, this kernel is in the wrong place.
 */
enum verdict { TRY_AGAIN, SET_ASIDE };

struct image {
	struct target target;
	struct image_head head;
	struct tail_view tail;
	void *tail_buf;
	enum image_purpose purpose;
	enum verdict verdict;	/* on what failed last */
	char why[WHY_SIZE];	/* the reason of a refusal, for image_unfit() */
	uint64_t restore_ms;	/* that image_restore() took */
};

/*
 * Read and check head and tail of an image on an open target, which belongs to the
 * image from here on.  Fails if its state does not allow the purpose.
 */
int image_open(struct image *img, const struct target *target, enum image_purpose purpose);

/*
 * The same for a head that is not on the target yet, as while the image is made; its
 * state does not matter.  The target stays the caller's.
 */
int image_open_whole(struct image *img, const struct target *target, const struct image_head *head);
void image_close(struct image *img);
void image_close_tail(struct image *img);	/* and leave the target open */

/* Say img->why this image cannot be resumed, or how it is damaged: SET_ASIDE.  Both return -1. */
int image_unfit(struct image *img, enum verdict verdict);
int image_damaged(struct image *img, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes from chunk i to what follows it, at most IMAGE_CHUNK_BYTES; or -1. */
int64_t image_chunk_bytes(struct image *img, uint32_t i);

/* Check the head of chunk i, of which image_chunk_bytes() were read; not its payload. */
int image_check_chunk(struct image *img, uint32_t i, const struct chunk_head *chunk);

/* Read chunk i into buf[IMAGE_CHUNK_BYTES] and check it all. */
int image_read_chunk(struct image *img, uint32_t i, void *buf);

/*
 * Let *data, the payload of a checked data chunk, be its pages: they are unpacked to
 * room[IMAGE_CHUNK_BYTES] if they have to be, with work[codec_unpack_work()].
 * 0, or -1 and why[WHY_SIZE].
 */
int image_unpack(const struct chunk_head *chunk, const uint8_t **data, uint8_t *room, void *work,
		 char *why);

/*
 * Durable changes of the head.  The attempt is counted: a power cut leads to another
 * one.  After the last check and before the jump: never again.  The jump came back,
 * and nothing of A has run: the image may be tried again.
 */
int image_begin(struct image *img);
int image_mark_used(struct image *img);
int image_jump_failed(struct image *img);

/*
 * A resume of this image failed, image_open() included.  Set the image aside, with the
 * last failure, if that is the verdict or no attempt is left.
 */
void image_resume_failed(struct image *img);

/*
 * Count an attempt, or keep the image for inspection, with the reason: it is not
 * tried again.  Only the head has to have been read, and be intact; to be marked as
 * failed, it may be of another version (head_foreign()).
 */
int target_count_attempt(const struct target *target, struct image_head *head);
int target_mark_failed(const struct target *target, struct image_head *head, const char *reason);

/* A boot has told of what the head says; no other will. */
int target_mark_told(const struct target *target, struct image_head *head);

#endif
