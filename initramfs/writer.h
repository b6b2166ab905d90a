/* SPDX-License-Identifier: GPL-2.0-only */
/* writer.h - an image goes to its target: front to back, in large aligned writes, the head last */
#ifndef INITRAMFS_WRITER_H
#define INITRAMFS_WRITER_H

#include "../targets/target.h"
#include "../image/format.h"

#define WRITER_BATCH 16		/* chunks in one write, at most */

struct writer {
	struct target target;
	struct image_head head;		/* filled by the caller between begin and finish */
	uint64_t offset;		/* in the image, of what is written next */
	struct chunk_entry *entries;
	uint32_t nchunks, max_chunks;
	uint64_t pages[CHUNK_FREE + 1];	/* written so far, by enum chunk_kind */
	uint64_t began;			/* now_ms() then */
};

/* What else the tail tells of A. */
struct writer_facts {
	const struct ram_range *ram;	/* A's RAM map */
	uint32_t nram;
	const struct image_guard *guards;
	uint32_t nguards;
	uint64_t swapped;		/* pages of it that the jump exchanges */
};

/*
 * Begin an image of at most max_pages pages: the target, which belongs to the
 * writer from here on, holds no image from now until writer_arm().
 */
int writer_begin(struct writer *w, const struct target *target, uint64_t max_pages);

/*
 * Number n chunks, at most WRITER_BATCH, that are finished but for that, and append
 * them in one write.  Each begins at a page: its head, then its payload.
 */
int writer_put(struct writer *w, struct chunk_head *const *chunks, int n);

/* Write the tail and flush: a whole image, not yet armed. */
int writer_finish(struct writer *w, const struct writer_facts *facts);

/* Arm the image, by one block: the head. */
int writer_arm(struct writer *w);

/* Give up: the target is empty again, with the reason. */
void writer_abandon(struct writer *w, const char *reason);
void writer_end(struct writer *w);

#endif
