/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pages.h - the memory in an image: pages by number, comparison, map, and kernel
 *
 * The chunks stand in the order in which they were written.  An index of all
 * their runs, 16 bytes each and so never larger than the image, tells which
 * page is where; some of the chunks that were read last are kept unpacked.
 */
#ifndef TOOLS_PAGES_H
#define TOOLS_PAGES_H

#include "../targets/image.h"
#include "../base/log.h"
#include "../image/codec.h"
#include "../linux/kernel.h"

/* What the image says of a page; the last three as in enum chunk_kind. */
enum page_class {
	PAGE_EXCHANGED, PAGE_SAVED, PAGE_ZERO, PAGE_FREE,
	PAGE_CLASSES, NO_RAM = PAGE_CLASSES,	/* not in the RAM map */
};
extern const char *const class_names[NO_RAM + 1];

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

/* Does the image have the contents of pages of this class? */
static inline bool has_contents(unsigned int class)
{
	return class == PAGE_SAVED || class == PAGE_ZERO;
}

/* The chunks of one codec, or of one kind. */
struct chunk_use {
	uint64_t number;
	uint64_t unpacked;	/* bytes of pages */
	uint64_t stored;	/* bytes of the image, without the chunks' heads */
};

#define PAGES_KEPT 32u		/* chunks of 1 MiB */

struct pages {
	struct image *img;
	struct page_run *runs;	/* by pfn: each page of the RAM map is in one of them */
	size_t nruns;
	struct chunk_use codecs[CODEC_LAST + 1];	/* data chunks alone */
	struct chunk_use kinds[PAGE_CLASSES];
	uint8_t *buf;		/* a chunk as it is read */
	uint8_t *unpacked;	/* nkept chunks, chunk i in slot i % nkept */
	void *work;		/* the codecs' */
	uint32_t kept[PAGES_KEPT];	/* which is in a slot, + 1; 0: none */
	unsigned int nkept;	/* PAGES_KEPT, or as many as there are */
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
 * have moved, or NULL, and the old one is freed.  what: its elements, for the message.
 */
void *grow(void *array, size_t n, size_t size, const char *what);

/* What two images say of a page together; a saved or zero page is one that an image has. */
enum outcome { EQUAL, DIFFERING, ONLY_FIRST, ONLY_SECOND, NEITHER, OUTCOMES };

struct page_range {
	uint64_t pfn;
	uint64_t count;
};

struct comparison {
	uint64_t sum[OUTCOMES];
	uint64_t pages[OUTCOMES][NO_RAM + 1][NO_RAM + 1];	/* by the class in each */
	/* Those that differ, the first `kept` of `nranges`. */
	struct page_range *ranges;
	size_t kept, nranges;
	size_t limit;		/* to be set before: keep no more */
	uint64_t end;		/* of the last one, kept or not */
};

/* compare.c: 0, or -1 and said.  ranges is to be freed in any case. */
int compare(struct comparison *c, struct pages *first, struct pages *second);

/*
 * memmap.c: a drawn map of memory, each cell an equal share of the RAM.  The screen is that of
 * standard output: COLUMNS, or the terminal's width, or 80.
 */
struct screen {
	unsigned int columns;
	bool utf8, colour;
};

struct screen screen_here(void);

struct cell {
	uint64_t pfn;		/* of its first page */
	uint64_t all;		/* pages in it */
	uint64_t pages[PAGE_CLASSES];
};

/*
 * Deal the runs, in their order, to n cells of an equal share each; the last
 * may get less.  Returns the pages of a cell.
 */
uint64_t memmap_deal(const struct page_run *runs, size_t nruns, struct cell *cells, size_t n);

void memmap_draw(const struct page_run *runs, size_t nruns, struct screen screen, FILE *out);

/* image-kernel.c: the sleeping kernel, and the pages that the jump exchanged. */
struct image_kernel {
	struct pages *p;
	struct amem mem;
	struct exchanged exchanged;	/* pages whose contents the image has; free its pairs */
	char no_exchanged[WHY_SIZE];	/* why no pair is known, or "" */
	struct kernel kernel;
	bool known;			/* the kernel was found */
	bool failed;			/* a page could not be read, and that was said */
};

/* Look at an image.  0, or -1 and said. */
int image_kernel_find(struct image_kernel *k, struct pages *p);

#endif
