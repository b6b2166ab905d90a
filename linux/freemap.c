// SPDX-License-Identifier: GPL-2.0-only
/* freemap.c - free pages, as bits over the RAM map */
#include "freemap.h"

void freemap_start(struct freemap *map, const struct ram_range *ram, size_t nram, void *memory,
		   size_t bytes)
{
	pagebits_start(&map->bits, ram, nram, memory, bytes);
	map->pages = 0;
	map->lost = 0;
}

bool freemap_has(const struct freemap *map, uint64_t pfn)
{
	return pagebits_has(&map->bits, pfn);
}

bool freemap_add(struct freemap *map, uint64_t pfn, uint64_t count)
{
	uint64_t before = map->bits.set;

	if (pagebits_add(&map->bits, pfn, count) == PAGEBITS_REFUSED)
		return false;
	map->pages = map->bits.set;
	map->lost += count - (map->pages - before);
	return true;
}

void freemap_remove(struct freemap *map, struct ram_range range)
{
	pagebits_fill(&map->bits, range, false);
	map->pages = map->bits.set;
}

bool freemap_next(const struct freemap *map, uint64_t *pfn, uint32_t *count)
{
	uint64_t run;

	if (!pagebits_next(&map->bits, pfn, &run))
		return false;
	*count = run < IMAGE_RUN_PAGES ? run : IMAGE_RUN_PAGES;
	return true;
}
