// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - tell a kernel by what it says of itself, and by its page tables */
#include <string.h>

#include "../image/refuse.h"
#include "kernel.h"

#define TEXT_ALIGN	(2ull << 20)
#define GIB		(1ull << 30)
#define MAX_HOLES	0x10000u

/* Does virt map to something else than phys?  Tables that cannot be read deny nothing. */
static bool denied(struct amem *mem, uint64_t virt, uint64_t phys)
{
	uint64_t found, left;
	char why[WHY_SIZE];
	enum amem_walk walk = amem_walk(mem, virt, &found, &left, why);

	return walk != AMEM_UNKNOWN && (walk != AMEM_MAPPED || found != phys);
}

/*
 * The virtual address of all physical memory, aligned to 1 GiB: the first thing mapped in the
 * range that is for it (the kernel's Documentation/arch/x86/x86_64/mm.rst).
 */
static bool direct_map(struct amem *mem, uint64_t *page_offset)
{
	uint64_t virt = mem->levels == 5 ? 0xff11000000000000ull : 0xffff888000000000ull;
	uint64_t end = mem->levels == 5 ? 0xff91000000000000ull : 0xffffc88000000000ull;
	uint64_t phys, left;
	char why[WHY_SIZE];

	/* Tables that refer to each other can make any number of holes. */
	for (unsigned int holes = 0; virt < end && holes < MAX_HOLES; holes++, virt += left)
		switch (amem_walk(mem, virt, &phys, &left, why)) {
		case AMEM_MAPPED:
			*page_offset = virt - phys;
			return phys <= virt && (virt - phys) % GIB == 0;
		case AMEM_UNKNOWN:
			/* All of its first GiB is mapped by one table, which may be unknown. */
			*page_offset = virt;
			return left == GIB;
		case AMEM_ABSENT:
			break;
		}
	return false;
}

/* Bytes from virt on that map to memory from phys on, holes apart; at most limit. */
static uint64_t extent(struct amem *mem, uint64_t virt, uint64_t phys, uint64_t limit)
{
	uint64_t at = 0, end = 0, found, left;
	char why[WHY_SIZE];

	while (at < limit) {
		enum amem_walk walk = amem_walk(mem, virt + at, &found, &left, why);

		if (walk == AMEM_MAPPED && found != phys + at)
			break;
		at += left < limit - at ? left : limit - at;
		if (walk == AMEM_MAPPED)
			end = at;
	}
	return end;
}

bool kernel_known(struct kernel *k, struct amem *mem, const void *page, const char *release)
{
	const struct vmcoreinfo *info = &k->info;
	char why[WHY_SIZE];
	uint64_t most, stext;

	if (!vmcoreinfo_begins(page, release))
		return false;
	memcpy(k->note, page, IMAGE_BLOCK);
	k->note_len = strnlen(k->note, IMAGE_BLOCK);
	if (vmcoreinfo_parse(k->note, k->note_len, VMCOREINFO_KERNEL, &k->info, why) < 0 ||
	    info->stext < AMEM_KERNEL || info->top_table < AMEM_KERNEL)
		return false;
	amem_start(mem, info->top_table, info->phys_base, info->five_levels ? 5 : 4,
		   info->sme_mask);
	k->text = info->stext & ~(TEXT_ALIGN - 1);
	k->text_phys = k->text - AMEM_KERNEL + info->phys_base;
	stext = info->stext - AMEM_KERNEL + info->phys_base;
	if (denied(mem, info->stext, stext) || !direct_map(mem, &k->page_offset) ||
	    denied(mem, k->page_offset + stext, stext))
		return false;
	most = info->kernel_image_bytes;
	if (!most || most > AMEM_KERNEL_BYTES)
		most = AMEM_KERNEL_BYTES;
	if (most > -k->text)
		most = -k->text;
	k->text_bytes = extent(mem, k->text, k->text_phys, most);
	return k->text_bytes > 0;
}
