/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagebits.h - a bit for each page of a RAM map, in little memory
 *
 * A table has a number for each 512 pages (2 MiB): no bit is set, all are, or which
 * leaf of 64 bytes has them.  So it takes 2 KiB for each GiB of RAM, 34 KiB with all
 * leaves.  Who only reads may share it.  All zero: a map of no RAM.
 */
#ifndef IMAGE_PAGEBITS_H
#define IMAGE_PAGEBITS_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"

#define PAGEBITS_RANGES	(IMAGE_MAX_RAM + 2)
#define PAGEBITS_BLOCK	512u

struct pagebits_range {
	uint64_t pfn, end;
	uint64_t block;		/* place in the table of the block of its first page */
};

struct pagebits_leaf {
	uint64_t words[PAGEBITS_BLOCK / 64];
};

struct pagebits {
	struct pagebits_range ranges[PAGEBITS_RANGES];	/* sorted */
	size_t nranges;
	uint64_t all;			/* pages of all ranges */
	uint64_t set;			/* of them have their bit set */
	uint64_t lost;			/* were to be set, but there was no leaf for them */
	uint32_t *table;
	struct pagebits_leaf *leaves;
	uint32_t nleaves;		/* there is room for so many */
	uint32_t used;			/* the first so many have been used */
	uint32_t spare;			/* of these, the first that is free again, + 1; 0: none */
};

/* Bytes for a RAM map of ram_normalize(): the table alone, and with a leaf for each block. */
size_t pagebits_table(const struct ram_range *ram, size_t nram);
size_t pagebits_most(const struct ram_range *ram, size_t nram);

/*
 * All bits are clear.  memory[bytes], aligned to 8, has room for the table; of the rest only
 * what is used is touched.
 */
void pagebits_start(struct pagebits *map, const struct ram_range *ram, size_t nram, void *memory,
		    size_t bytes);

/* A page that is not in the RAM map has no bit: false. */
bool pagebits_has(const struct pagebits *map, uint64_t pfn);

/*
 * Set pages [pfn, pfn + count).  False, and nothing is changed, if one is set already
 * or they are not in one range.  Pages for which there is no leaf are not set: map->lost
 * counts them.
 */
bool pagebits_add(struct pagebits *map, uint64_t pfn, uint64_t count);

/*
 * Set or clear each page of the RAM map that the range has a byte of.  Without a leaf a page
 * is not set, or the whole block is cleared.
 */
void pagebits_fill(struct pagebits *map, struct ram_range range, bool set);

/* The first run of set pages at *pfn or behind, within one range.  False: there is none. */
bool pagebits_next(const struct pagebits *map, uint64_t *pfn, uint64_t *count);

#endif
