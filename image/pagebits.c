// SPDX-License-Identifier: GPL-2.0-only
/* pagebits.c - a bit for each page of a RAM map */
#include <string.h>

#include "pagebits.h"
#include "ram.h"

#define WORD	64u
#define WORDS	(PAGEBITS_BLOCK / WORD)

/* What the table says of a block; from LEAVES on, the number of a leaf. */
enum { NONE, ALL, LEAVES };

/* Each range has blocks of its own, even if two ranges share one.  Returns how many all have. */
static uint64_t layout(struct pagebits *map, const struct ram_range *ram, size_t nram)
{
	uint64_t block = 0;

	for (size_t i = 0; i < nram; i++) {
		uint64_t pfn = ram_first_pfn(&ram[i]), end = ram_end_pfn(&ram[i]);

		if (pfn == end)
			continue;
		if (map) {
			map->ranges[map->nranges++] = (struct pagebits_range){ pfn, end, block };
			map->all += end - pfn;
		}
		block += (end - 1) / PAGEBITS_BLOCK - pfn / PAGEBITS_BLOCK + 1;
	}
	return block;
}

static size_t table_bytes(uint64_t blocks)
{
	return (blocks * sizeof(uint32_t) + 7) / 8 * 8;
}

size_t pagebits_table(const struct ram_range *ram, size_t nram)
{
	return table_bytes(layout(NULL, ram, nram));
}

size_t pagebits_most(const struct ram_range *ram, size_t nram)
{
	uint64_t blocks = layout(NULL, ram, nram);

	return table_bytes(blocks) + blocks * sizeof(struct pagebits_leaf);
}

void pagebits_start(struct pagebits *map, const struct ram_range *ram, size_t nram, void *memory,
		    size_t bytes)
{
	uint64_t leaves;
	size_t table;

	map->nranges = 0;
	map->all = 0;
	table = table_bytes(layout(map, ram, nram));
	leaves = (bytes - table) / sizeof *map->leaves;
	map->set = 0;
	map->lost = 0;
	map->table = memory;
	map->leaves = (struct pagebits_leaf *)((char *)memory + table);
	map->nleaves = leaves < UINT32_MAX - LEAVES ? leaves : UINT32_MAX - LEAVES;
	map->used = 0;
	map->spare = 0;
	memset(memory, 0, table);
}

/* The first range that ends behind pfn, by halving; nranges if there is none. */
static size_t find(const struct pagebits *map, uint64_t pfn)
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

static uint32_t *block_of(const struct pagebits *map, const struct pagebits_range *r, uint64_t pfn)
{
	return &map->table[r->block + pfn / PAGEBITS_BLOCK - r->pfn / PAGEBITS_BLOCK];
}

/* The bits of one word of a block, whether it has a leaf or not. */
static uint64_t word(const struct pagebits *map, uint32_t block, unsigned int i)
{
	return block == NONE ? 0 : block == ALL ? ~0ull : map->leaves[block - LEAVES].words[i];
}

bool pagebits_has(const struct pagebits *map, uint64_t pfn)
{
	size_t i = find(map, pfn);

	if (i == map->nranges || pfn < map->ranges[i].pfn)
		return false;
	return word(map, *block_of(map, &map->ranges[i], pfn), pfn % PAGEBITS_BLOCK / WORD) >>
	       pfn % WORD & 1;
}

/* The first page in [pfn, end) of a range whose bit is `set`, or end. */
static uint64_t seek(const struct pagebits *map, const struct pagebits_range *r, uint64_t pfn,
		     uint64_t end, bool set)
{
	while (pfn < end) {
		uint32_t block = *block_of(map, r, pfn);
		uint64_t w = word(map, block, pfn % PAGEBITS_BLOCK / WORD);

		if (block < LEAVES && (block == ALL) != set) {
			pfn = (pfn / PAGEBITS_BLOCK + 1) * PAGEBITS_BLOCK;
			continue;
		}
		w = (set ? w : ~w) >> pfn % WORD;
		if (w) {
			pfn += __builtin_ctzll(w);
			return pfn < end ? pfn : end;
		}
		pfn += WORD - pfn % WORD;
	}
	return end;
}

/* A leaf that says of its block what the table says.  False: there is none. */
static bool take_leaf(struct pagebits *map, uint32_t *block)
{
	struct pagebits_leaf *leaf;
	uint32_t n = map->spare;

	if (*block >= LEAVES)
		return true;
	if (n) {
		leaf = &map->leaves[--n];
		map->spare = leaf->words[0];
	} else {
		if (map->used == map->nleaves)
			return false;
		n = map->used++;
		leaf = &map->leaves[n];
	}
	memset(leaf, *block == ALL ? 0xff : 0, sizeof *leaf);
	*block = n + LEAVES;
	return true;
}

/* A block of which the table can tell all gives its leaf back. */
static void give_leaf(struct pagebits *map, uint32_t *block)
{
	struct pagebits_leaf *leaf = &map->leaves[*block - LEAVES];
	uint64_t first = leaf->words[0];
	uint32_t n = *block - LEAVES;

	if (first != 0 && first != ~0ull)
		return;
	for (unsigned int i = 1; i < WORDS; i++)
		if (leaf->words[i] != first)
			return;
	leaf->words[0] = map->spare;
	map->spare = n + 1;
	*block = first ? ALL : NONE;
}

/* Pages [from, to) of a block.  False: there is no leaf for it. */
static bool change_block(struct pagebits *map, uint32_t *block, unsigned int from, unsigned int to,
			 bool set)
{
	uint64_t *words;

	if (*block == (set ? ALL : NONE))
		return true;
	if (to - from == PAGEBITS_BLOCK && *block < LEAVES) {
		map->set += set ? PAGEBITS_BLOCK : -(uint64_t)PAGEBITS_BLOCK;
		*block = set ? ALL : NONE;
		return true;
	}
	if (!take_leaf(map, block))
		return false;
	words = map->leaves[*block - LEAVES].words;
	for (unsigned int next; from < to; from = next) {
		uint64_t *w = &words[from / WORD], bits;

		next = (from / WORD + 1) * WORD;
		if (next > to)
			next = to;
		bits = ~0ull >> (WORD - (next - from)) << from % WORD;
		map->set -= __builtin_popcountll(*w & bits);
		*w &= ~bits;
		if (set) {
			map->set += next - from;
			*w |= bits;
		}
	}
	give_leaf(map, block);
	return true;
}

/* Pages [pfn, end) of a range, as pagebits_fill(). */
static void change(struct pagebits *map, const struct pagebits_range *r, uint64_t pfn, uint64_t end,
		   bool set)
{
	for (uint64_t next; pfn < end; pfn = next) {
		uint32_t *block = block_of(map, r, pfn);
		unsigned int from = pfn % PAGEBITS_BLOCK;

		next = pfn - from + PAGEBITS_BLOCK;
		if (next > end)
			next = end;
		if (change_block(map, block, from, from + (next - pfn), set))
			continue;
		if (set)
			map->lost += next - pfn;
		else
			change_block(map, block, 0, PAGEBITS_BLOCK, false);
	}
}

bool pagebits_add(struct pagebits *map, uint64_t pfn, uint64_t count)
{
	const struct pagebits_range *r = &map->ranges[find(map, pfn)];

	if (r == &map->ranges[map->nranges] || pfn < r->pfn || !count || count > r->end - pfn ||
	    seek(map, r, pfn, pfn + count, true) != pfn + count)
		return false;
	change(map, r, pfn, pfn + count, true);
	return true;
}

void pagebits_fill(struct pagebits *map, struct ram_range range, bool set)
{
	uint64_t pfn = range.start / IMAGE_BLOCK;
	uint64_t end = range.end / IMAGE_BLOCK + (range.end % IMAGE_BLOCK != 0);

	for (size_t i = find(map, pfn); i < map->nranges && map->ranges[i].pfn < end; i++) {
		const struct pagebits_range *r = &map->ranges[i];

		change(map, r, pfn > r->pfn ? pfn : r->pfn, end < r->end ? end : r->end, set);
	}
}

bool pagebits_next(const struct pagebits *map, uint64_t *pfn, uint64_t *count)
{
	for (size_t i = find(map, *pfn); i < map->nranges; i++) {
		const struct pagebits_range *r = &map->ranges[i];
		uint64_t first = seek(map, r, *pfn > r->pfn ? *pfn : r->pfn, r->end, true);

		if (first == r->end)
			continue;
		*count = seek(map, r, first, r->end, false) - first;
		*pfn = first;
		return true;
	}
	return false;
}
