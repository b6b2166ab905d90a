/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * freemap.h - which pages of A's RAM need not be saved
 *
 * One bit for each page of the RAM map: 32 KiB for each GiB of RAM.  Pure, and
 * the same for all who read it: once it is made nothing in it changes.
 */
#ifndef LINUX_FREEMAP_H
#define LINUX_FREEMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "../image/format.h"

#define FREEMAP_RANGES (IMAGE_MAX_RAM + 2)

struct freemap_range {
	uint64_t pfn, end;
	uint64_t bit;		/* of its first page */
};

struct freemap {
	struct freemap_range ranges[FREEMAP_RANGES];	/* sorted */
	size_t nranges;
	uint64_t *bits;		/* NULL: no page is free */
	uint64_t pages;		/* that are free */
};

/* Bytes of bits[] for a RAM map that ram_normalize() made; whole pages count. */
size_t freemap_size(const struct ram_range *ram, size_t nram);

/* bits[freemap_size()] is all zero; nram is at most FREEMAP_RANGES. */
void freemap_start(struct freemap *map, const struct ram_range *ram, size_t nram, uint64_t *bits);

/* A page that is not in the RAM map is not free. */
bool freemap_has(const struct freemap *map, uint64_t pfn);

/* Do pages [pfn, pfn + count) lie in one range of the RAM map? */
bool freemap_holds(const struct freemap *map, uint64_t pfn, uint64_t count);

/* Mark pages.  False, and nothing is changed, if one is marked already or not in one range. */
bool freemap_add(struct freemap *map, uint64_t pfn, uint64_t count);

/* Bytes [start, end), of which some may be in the RAM map, are not free. */
void freemap_remove(struct freemap *map, struct ram_range range);

/*
 * The first run of free pages at *pfn or behind: its start to *pfn, its length,
 * at most IMAGE_RUN_PAGES, to *count.  Continue at *pfn + *count.  False: no more.
 */
bool freemap_next(const struct freemap *map, uint64_t *pfn, uint32_t *count);

#endif
