// SPDX-License-Identifier: GPL-2.0-only
/* amem.c - walk A's page tables, and read what they lead to; every entry of them is hostile */
#include "../image/refuse.h"
#include "amem.h"

#define PRESENT		(1ull << 0)
#define LARGE		(1ull << 7)		/* in level 2 and 3: a page of 2 MiB or 1 GiB */
#define LARGE_LEVELS	3
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

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Let *phys be where its contents are now, and lower *left to what lies there in one piece. */
static int place(struct amem *mem, uint64_t *phys, uint64_t *left, char *why)
{
	const struct exchanged *x = mem->exchanged;
	const struct exchange *pair;

	if (!x)
		return 0;
	if (!exchanged_has(x, *phys / IMAGE_BLOCK)) {
		for (size_t i = 0; i < EXCHANGED_RANGES; i++)
			if (x->ranges[i].start > *phys)
				*left = least(*left, x->ranges[i].start - *phys);
		return 0;
	}
	pair = exchanged_pair(x, *phys / IMAGE_BLOCK);
	if (!pair || pair->source == pair->pfn)
		return refuse(why, "pfn %#llx was exchanged by the jump, and %s",
			      (ull)(*phys / IMAGE_BLOCK), pair ? "is kexec's own" :
			      x->n ? "is not in kexec's list" :
			      "the list of these pages is not known");
	*left = least(*left, IMAGE_BLOCK - *phys % IMAGE_BLOCK);
	mem->moved++;
	*phys = pair->source * IMAGE_BLOCK + *phys % IMAGE_BLOCK;
	return 0;
}

int amem_read_phys(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why)
{
	uint64_t left = len;

	return place(mem, &phys, &left, why) < 0 ? -1 : mem->read(mem, phys, buf, len, why);
}

/* An entry of the table at phys; of each level the last table that was read is kept. */
static int entry(struct amem *mem, int level, uint64_t phys, unsigned int i, uint64_t *value,
		 char *why)
{
	uint64_t *table = mem->table[level - 1], *cached = &mem->cached[level - 1];

	if (*cached != phys) {
		*cached = NO_TABLE;
		if (amem_read_phys(mem, phys, table, IMAGE_BLOCK, why) < 0)
			return -1;
		*cached = phys;
	}
	*value = table[i];
	return 0;
}

/* Bits of an address that an entry of this level leaves to those below it. */
static unsigned int shift(int level)
{
	return 12 + 9 * (level - 1);
}

/* From virt on to the end of what an entry of this level is for. */
static uint64_t rest(uint64_t virt, int level)
{
	return (1ull << shift(level)) - (virt & ((1ull << shift(level)) - 1));
}

enum amem_walk amem_walk(struct amem *mem, uint64_t virt, uint64_t *phys, uint64_t *left,
			 char *why)
{
	unsigned int bits = shift(mem->levels + 1);
	uint64_t table = mem->top, value, sign = virt >> (bits - 1);

	*left = rest(virt, 1);
	if (sign != 0 && sign != UINT64_MAX >> (bits - 1))
		return refuse(why, "address %#llx: no %d levels of page tables have it",
			      (ull)virt, mem->levels);
	for (int level = mem->levels; ; level--) {
		uint64_t inside = (1ull << shift(level)) - 1;

		*left = rest(virt, level + 1);
		if (entry(mem, level, table, virt >> shift(level) & 511, &value, why) < 0)
			return AMEM_UNKNOWN;
		*left = rest(virt, level);
		if (!(value & PRESENT) || (value & LARGE && level > LARGE_LEVELS))
			return refuse(why, "address %#llx: entry of level %d is %#llx, %s",
				      (ull)virt, level, (ull)value,
				      value & PRESENT ? "a page" : "not present");
		table = value & ADDRESS & ~mem->sme_mask;
		if (level > 1 && !(value & LARGE))
			continue;
		/* Bit 12 of a large page's entry is one of its attributes. */
		*phys = (table & ~inside) | (virt & inside);
		return AMEM_MAPPED;
	}
}

int amem_read(struct amem *mem, uint64_t virt, void *buf, size_t len, char *why)
{
	char *to = buf;

	while (len) {
		uint64_t phys, left;
		size_t n = least(len, rest(virt, 1));

		if (virt >= AMEM_KERNEL && virt - AMEM_KERNEL < AMEM_KERNEL_BYTES)
			phys = virt - AMEM_KERNEL + mem->phys_base;
		else if (amem_walk(mem, virt, &phys, &left, why) < 0)
			return -1;
		if (amem_read_phys(mem, phys, to, n, why) < 0)
			return -1;
		to += n;
		virt += n;
		len -= n;
	}
	return 0;
}

const void *amem_map(struct amem *mem, uint64_t virt, uint64_t *len, char *why)
{
	uint64_t phys = 0, inside = virt % IMAGE_BLOCK, n = 0;
	const char *p;

	while (n < *len) {
		uint64_t more, left;

		if (amem_walk(mem, virt + n, &more, &left, why) < 0 ||
		    place(mem, &more, &left, why) < 0)
			return NULL;
		if (n && more != phys + n)
			break;
		phys = more - n;
		n += least(left, *len - n);
	}
	*len = n;
	p = mem->map(mem, phys - inside,
		     (inside + n + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK, why);
	return p ? p + inside : NULL;
}
