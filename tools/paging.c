// SPDX-License-Identifier: GPL-2.0-only
/* paging.c - walk through page tables; they may hold anything, so every step is checked */
#include <string.h>

#include "paging.h"

#define PRESENT		1ull
#define LARGE		0x80ull
#define ADDRESS		0x000ffffffffff000ull
#define LARGE_LEVELS	3u	/* pages of 2 MiB and of 1 GiB */
#define GIB		(1ull << 30)
#define MAX_HOLES	0x10000u

enum walk paging_walk(const struct paging *m, uint64_t va, uint64_t *pa, uint64_t *size)
{
	uint64_t table = m->root;

	for (unsigned int level = m->levels;; level--) {
		unsigned int shift = 12 + 9 * (level - 1);
		const uint8_t *page;
		uint64_t entry;

		*size = 1ull << shift;
		if (pages_at(m->p, table / IMAGE_BLOCK, &page) < 0)
			return WALK_FAILED;
		if (!page) {
			*size <<= 9;	/* of all that the table is for */
			return WALK_UNKNOWN;
		}
		memcpy(&entry, page + (va >> shift & 511) * sizeof entry, sizeof entry);
		if (!(entry & PRESENT) || (entry & LARGE && level > LARGE_LEVELS))
			return WALK_ABSENT;
		if (level == 1 || entry & LARGE) {
			*pa = (entry & ADDRESS & ~(*size - 1)) | (va & (*size - 1));
			return WALK_MAPPED;
		}
		table = entry & ADDRESS;
	}
}

bool paging_denies(const struct paging *m, uint64_t va, uint64_t pa)
{
	uint64_t found, size;
	enum walk what = paging_walk(m, va, &found, &size);

	return what != WALK_UNKNOWN && (what != WALK_MAPPED || found != pa);
}

/*
 * The first thing mapped in the range that KASLR has for it (the kernel's
 * Documentation/arch/x86/x86_64/mm.rst); its start is aligned to 1 GiB.
 */
bool paging_direct_map(const struct paging *m, uint64_t *page_offset)
{
	uint64_t va = m->levels == 5 ? 0xff11000000000000ull : 0xffff888000000000ull;
	uint64_t end = m->levels == 5 ? 0xff91000000000000ull : 0xffffc88000000000ull;
	uint64_t pa, size;

	/* Tables that refer to each other can make any number of holes. */
	for (unsigned int holes = 0; va < end && holes < MAX_HOLES; holes++) {
		enum walk found = paging_walk(m, va, &pa, &size);

		if (found == WALK_FAILED)
			return false;
		if (found == WALK_MAPPED) {
			*page_offset = va - pa;
			return pa <= va && (va - pa) % GIB == 0;
		}
		/* All of its first GiB is mapped by one table, which may be unknown. */
		if (found == WALK_UNKNOWN) {
			*page_offset = va;
			return size == GIB;
		}
		va = (va | (size - 1)) + 1;
	}
	return false;
}

uint64_t paging_extent(const struct paging *m, uint64_t va, uint64_t pa, uint64_t limit)
{
	uint64_t at = 0, extent = 0, found, size;

	while (at < limit) {
		enum walk what = paging_walk(m, va + at, &found, &size);
		uint64_t step = size - ((va + at) & (size - 1));

		if (what == WALK_FAILED || (what == WALK_MAPPED && found != pa + at))
			break;
		if (step > limit - at)
			step = limit - at;
		at += step;
		if (what == WALK_MAPPED)
			extent = at;
	}
	return extent;
}
