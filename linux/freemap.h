/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * freemap.h - which pages of A's RAM need not be saved
 *
 * Pure, and the same for all who read it: once it is made nothing in it changes.
 */
#ifndef LINUX_FREEMAP_H
#define LINUX_FREEMAP_H

#include "../image/pagebits.h"

struct freemap {
	struct pagebits bits;	/* all zero: no page is free */
	uint64_t pages;		/* that are free */
	uint64_t lost;		/* that are free too, but for which the map had no room */
};

/* memory[bytes]: as for pagebits_start(), which says how many these have to be. */
void freemap_start(struct freemap *map, const struct ram_range *ram, size_t nram, void *memory,
		   size_t bytes);

/* A page that is not in the RAM map is not free. */
bool freemap_has(const struct freemap *map, uint64_t pfn);

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
