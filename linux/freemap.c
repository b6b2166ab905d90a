// SPDX-License-Identifier: GPL-2.0-only
/* freemap.c - a bit for each page of the RAM map */
#include "freemap.h"

#define WORD 64u

static uint64_t first_pfn(const struct ram_range *r)
{
	return r->start / IMAGE_BLOCK + (r->start % IMAGE_BLOCK != 0);
}

/* Each range begins with a word of its own, so that a run of bits is one of pages. */
static uint64_t layout(struct freemap *map, const struct ram_range *ram, size_t nram)
{
	uint64_t bit = 0;

	for (size_t i = 0; i < nram; i++) {
		uint64_t pfn = first_pfn(&ram[i]), end = ram[i].end / IMAGE_BLOCK;

		if (pfn >= end)
			continue;
		if (map)
			map->ranges[map->nranges++] = (struct freemap_range){ pfn, end, bit };
		bit += (end - pfn + WORD - 1) / WORD * WORD;
	}
	return bit;
}

size_t freemap_size(const struct ram_range *ram, size_t nram)
{
	return layout(NULL, ram, nram) / 8;
}

void freemap_start(struct freemap *map, const struct ram_range *ram, size_t nram, uint64_t *bits)
{
	map->nranges = 0;
	map->bits = bits;
	map->pages = 0;
	layout(map, ram, nram);
}

/* The first range that ends behind pfn, by halving; nranges if there is none. */
static size_t find(const struct freemap *map, uint64_t pfn)
{
	size_t low = 0, high = map->nranges;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (map->ranges[middle].end > pfn)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool test(const struct freemap *map, uint64_t bit)
{
	return map->bits[bit / WORD] >> bit % WORD & 1;
}

bool freemap_has(const struct freemap *map, uint64_t pfn)
{
	size_t i;

	if (!map->bits)
		return false;
	i = find(map, pfn);
	return i < map->nranges && pfn >= map->ranges[i].pfn &&
	       test(map, map->ranges[i].bit + (pfn - map->ranges[i].pfn));
}

bool freemap_holds(const struct freemap *map, uint64_t pfn, uint64_t count)
{
	size_t i = find(map, pfn);

	return i < map->nranges && pfn >= map->ranges[i].pfn && count > 0 &&
	       count <= map->ranges[i].end - pfn;
}

/* The bits of one word that [bit, bit + *n) touches; *n becomes how many they are. */
static uint64_t mask(uint64_t bit, uint64_t *n)
{
	uint64_t room = WORD - bit % WORD;

	if (*n > room)
		*n = room;
	return (*n == WORD ? ~0ull : (1ull << *n) - 1) << bit % WORD;
}

bool freemap_add(struct freemap *map, uint64_t pfn, uint64_t count)
{
	uint64_t first, n;
	size_t i;

	if (!map->bits || !freemap_holds(map, pfn, count))
		return false;
	i = find(map, pfn);
	first = map->ranges[i].bit + (pfn - map->ranges[i].pfn);
	for (uint64_t done = 0; done < count; done += n) {
		n = count - done;
		if (map->bits[(first + done) / WORD] & mask(first + done, &n))
			return false;
	}
	for (uint64_t done = 0; done < count; done += n) {
		n = count - done;
		map->bits[(first + done) / WORD] |= mask(first + done, &n);
	}
	map->pages += count;
	return true;
}

void freemap_remove(struct freemap *map, struct ram_range range)
{
	uint64_t pfn = range.start / IMAGE_BLOCK;
	uint64_t end = range.end / IMAGE_BLOCK + (range.end % IMAGE_BLOCK != 0);

	if (!map->bits)
		return;
	for (size_t i = find(map, pfn); i < map->nranges && map->ranges[i].pfn < end; i++) {
		const struct freemap_range *r = &map->ranges[i];
		uint64_t from = pfn > r->pfn ? pfn : r->pfn, to = end < r->end ? end : r->end, n;

		for (uint64_t p = from; p < to; p += n) {
			uint64_t bit = r->bit + (p - r->pfn), bits;

			n = to - p;
			bits = mask(bit, &n) & map->bits[bit / WORD];
			map->bits[bit / WORD] &= ~bits;
			map->pages -= __builtin_popcountll(bits);
		}
	}
}

/* The first bit in [bit, end) that is `set`, or end; words of the other kind are passed whole. */
static uint64_t seek(const struct freemap *map, uint64_t bit, uint64_t end, bool set)
{
	while (bit < end) {
		uint64_t word = map->bits[bit / WORD];

		if (!set)
			word = ~word;
		word >>= bit % WORD;
		if (word) {
			bit += __builtin_ctzll(word);
			return bit < end ? bit : end;
		}
		bit += WORD - bit % WORD;
	}
	return end;
}

bool freemap_next(const struct freemap *map, uint64_t *pfn, uint32_t *count)
{
	if (!map->bits)
		return false;
	for (size_t i = find(map, *pfn); i < map->nranges; i++) {
		const struct freemap_range *r = &map->ranges[i];
		uint64_t end = r->bit + (r->end - r->pfn);
		uint64_t bit = r->bit + (*pfn > r->pfn ? *pfn - r->pfn : 0);
		uint64_t after;

		bit = seek(map, bit, end, true);
		if (bit == end)
			continue;
		after = seek(map, bit, end, false);
		*pfn = r->pfn + (bit - r->bit);
		*count = after - bit < IMAGE_RUN_PAGES ? after - bit : IMAGE_RUN_PAGES;
		return true;
	}
	return false;
}
