/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pages.h - any page of an image, by its number
 *
 * The chunks stand in the order in which they were written.  An index of all
 * their runs, 16 bytes each and so never larger than the image, tells which
 * page is where; the chunks that were read last are kept unpacked.
 */
#ifndef TOOLS_PAGES_H
#define TOOLS_PAGES_H

#include "../image/codec.h"
#include "../base/image.h"

/* What the image says of a page; the last three as in enum chunk_kind. */
enum page_class { PAGE_EXCHANGED, PAGE_SAVED, PAGE_ZERO, PAGE_FREE, PAGE_CLASSES };

struct page_run {
	uint64_t pfn : 40;
	uint64_t class : 8;	/* enum page_class */
	uint64_t first : 16;	/* place of its first page in the data of the chunk */
	uint32_t count;
	uint32_t chunk;
};
_Static_assert(IMAGE_MAX_PFN == 1ull << 40, "struct page_run holds any pfn");

/* The pfn behind a run, which may not fit its 40 bits. */
static inline uint64_t run_end(const struct page_run *run)
{
	return (uint64_t)run->pfn + run->count;
}

const char *class_name(enum page_class class);

/* Does the image have the contents of pages of this class? */
static inline bool has_contents(unsigned int class)
{
	return class == PAGE_SAVED || class == PAGE_ZERO;
}

/* Of a codec, or of all. */
struct codec_use {
	uint64_t chunks;
	uint64_t unpacked;	/* bytes of pages */
	uint64_t stored;	/* bytes of the image, without the chunks' heads */
};

#define PAGES_KEPT 32u		/* chunks of 1 MiB */

struct pages {
	struct image *img;
	struct page_run *runs;	/* by pfn: each page of the RAM map is in one of them */
	size_t nruns;
	struct codec_use codecs[CODEC_LAST + 1], data;	/* data: the sum of the codecs */
	uint64_t chunks[PAGE_CLASSES];	/* how many of each kind */
	uint8_t *buf;		/* a chunk as it is read */
	uint8_t *unpacked;	/* nkept chunks */
	void *work;		/* the codecs' */
	uint32_t kept[PAGES_KEPT];	/* which, + 1; 0: none */
	unsigned int nkept;	/* PAGES_KEPT, or as many as there are */
	unsigned int next;	/* the one that goes next */
};

/*
 * Make the index of an open image from the heads of its chunks, and check that
 * each page of the RAM map comes once.  0, or -1 and said; close it in any case.
 */
int pages_open(struct pages *p, struct image *img);
void pages_close(struct pages *p);

/* The run that holds this page; NULL if it is no RAM. */
const struct page_run *pages_find(const struct pages *p, uint64_t pfn);

/*
 * A page of a run that has contents, read and checked; if it is saved, the run's next pages
 * follow it.  Valid until the next call; NULL: said.
 */
const uint8_t *pages_read(struct pages *p, const struct page_run *run, uint64_t pfn);

/* The contents of a page, or *page NULL if the image has none. */
int pages_at(struct pages *p, uint64_t pfn, const uint8_t **page);

/*
 * Make room in an array for one element more than its n.  Returns the array, which may
 * have moved, or NULL, and the old one is as it was.  what: its elements, for the message.
 */
void *grow(void *array, size_t n, size_t size, const char *what);

#endif
