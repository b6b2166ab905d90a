/* SPDX-License-Identifier: GPL-2.0-only */
/* writer.h - an image goes to its target: front to back, in large aligned writes, the head last */
#ifndef INITRAMFS_WRITER_H
#define INITRAMFS_WRITER_H

#include "../base/target.h"
#include "../image/codec.h"
#include "../image/format.h"

struct writer {
	struct target target;
	struct image_head head;		/* filled by the caller between begin and arm */
	const struct codec *codec;
	uint8_t *buf;			/* what is to be written next */
	size_t used;
	uint64_t offset;		/* in the image, of buf[0] */
	uint8_t *pages;			/* of the data chunk that is being filled */
	struct chunk_head data;
	struct chunk_head zero;
	struct chunk_entry *entries;
	uint32_t nchunks, max_chunks;
	uint64_t saved_pages, zero_pages;
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
 * writer from here on, holds no image from now until writer_arm().  All
 * functions return 0, or -1 and the failure has been said.
 */
int writer_begin(struct writer *w, const struct target *target, const struct codec *codec,
		 uint64_t max_pages);

/* Take one page; its contents are copied. */
int writer_page(struct writer *w, uint64_t pfn, const uint8_t *page);

/*
 * Write what is left and the tail, make it durable, then write the head: from
 * then on the image is armed.
 */
int writer_arm(struct writer *w, const struct writer_facts *facts);

/* Give up: the target is empty again, with the reason. */
void writer_abandon(struct writer *w, const char *reason);
void writer_end(struct writer *w);

#endif
