// SPDX-License-Identifier: GPL-2.0-only
/* amem.c - walk A's page tables; every entry of them is hostile */
#include <string.h>

#include "../image/refuse.h"
#include "amem.h"

typedef unsigned long long ull;

#define PRESENT		(1ull << 0)
#define LARGE		(1ull << 7)		/* in level 2 and 3: a page of 2 MiB or 1 GiB */
#define ADDRESS		0x000ffffffffff000ull
#define NO_TABLE	UINT64_MAX		/* is no address of a page */

void amem_start(struct amem *mem, uint64_t top, uint64_t phys_base, int levels, uint64_t sme_mask)
{
	mem->top = top - AMEM_KERNEL + phys_base;
	mem->phys_base = phys_base;
	mem->levels = levels;
	mem->sme_mask = sme_mask;
	for (int i = 0; i < AMEM_LEVELS; i++)
		mem->cached[i] = NO_TABLE;
}

/* An entry of the table at phys; of each level the last table that was read is kept. */
static int entry(struct amem *mem, int level, uint64_t phys, unsigned int i, uint64_t *value,
		 char *why)
{
	uint64_t *table = mem->table[level - 1];

	if (mem->cached[level - 1] != phys) {
		mem->cached[level - 1] = NO_TABLE;
		if (mem->read(mem, phys, table, IMAGE_BLOCK, why) < 0)
			return -1;
		mem->cached[level - 1] = phys;
	}
	*value = table[i];
	return 0;
}

/* Bits of an address that an entry of this level leaves to those below it. */
static unsigned int shift(int level)
{
	return 12 + 9 * (level - 1);
}

int amem_walk(struct amem *mem, uint64_t virt, uint64_t *phys, uint64_t *left, char *why)
{
	unsigned int bits = shift(mem->levels + 1);
	uint64_t table = mem->top, value, sign = virt >> (bits - 1);

	if (sign != 0 && sign != UINT64_MAX >> (bits - 1))
		return refuse(why, "address %#llx: no %d levels of page tables have it",
			      (ull)virt, mem->levels);
	for (int level = mem->levels; ; level--) {
		uint64_t inside = (1ull << shift(level)) - 1;

		if (entry(mem, level, table, virt >> shift(level) & 511, &value, why) < 0)
			return -1;
		if (!(value & PRESENT))
			return refuse(why, "address %#llx: entry of level %d is %#llx, not present",
				      (ull)virt, level, (ull)value);
		table = value & ADDRESS & ~mem->sme_mask;
		if (level > 1 && !(value & LARGE))
			continue;
		if (level > 3)
			return refuse(why, "address %#llx: entry of level %d is %#llx, a page",
				      (ull)virt, level, (ull)value);
		/* Bit 12 of a large page's entry is one of its attributes. */
		*phys = (table & ~inside) | (virt & inside);
		*left = inside + 1 - (virt & inside);
		return 0;
	}
}

int amem_read(struct amem *mem, uint64_t virt, void *buf, size_t len, char *why)
{
	char *to = buf;

	while (len) {
		uint64_t phys, left;
		size_t n = IMAGE_BLOCK - virt % IMAGE_BLOCK;

		if (n > len)
			n = len;
		if (virt >= AMEM_KERNEL && virt - AMEM_KERNEL < AMEM_KERNEL_BYTES)
			phys = virt - AMEM_KERNEL + mem->phys_base;
		else if (amem_walk(mem, virt, &phys, &left, why) < 0)
			return -1;
		if (mem->read(mem, phys, to, n, why) < 0)
			return -1;
		to += n;
		virt += n;
		len -= n;
	}
	return 0;
}
