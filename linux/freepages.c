// SPDX-License-Identifier: GPL-2.0-only
/* freepages.c - from VMCOREINFO over page tables and struct pages to a map of free pages */
#include "../image/refuse.h"
#include "freepages.h"
#include "sparsemem.h"
#include "zones.h"

#define MAP_BYTES (4u << 20)	/* of struct pages seen at once; page tables for it take 8 KiB */

/* All of one range of the RAM map, section by section. */
static int scan_range(struct freepages *free, struct amem *mem, const struct vmcoreinfo *info,
		      uint64_t pfn, uint64_t end, char *why)
{
	while (pfn < end) {
		uint64_t section_end, virt, len;
		const void *pages;

		if (section_find(mem, info, pfn, &section_end, &virt, why) < 0)
			return -1;
		if (section_end > end)
			section_end = end;
		if (!virt) {
			pfn = section_end;
			continue;
		}
		len = (section_end - pfn) * info->page_size;
		if (len > MAP_BYTES - IMAGE_BLOCK)
			len = MAP_BYTES - IMAGE_BLOCK;
		pages = amem_map(mem, virt, &len, why);
		if (!pages || buddy_scan(info, pages, pfn, len / info->page_size, end, &free->map,
					 &free->found, &pfn, why) < 0)
			return -1;
	}
	return 0;
}

/*
 * The pages in the buddy lists are those that NR_FREE_PAGES counts.  Pages on
 * per-CPU lists are in neither: they left the buddy lists, and the counter,
 * when they were taken from there.  They are saved.
 */
static int compare(struct freepages *free, struct amem *mem, const struct vmcoreinfo *info,
		   char *why)
{
	uint64_t slack, apart, found = free->found.free;
	struct zones zones;

	if (zones_read(mem, info, &zones, why) < 0)
		return -1;
	free->counted = zones.free_pages;
	slack = zones.populated * ZONE_SLACK;
	apart = found > free->counted ? found - free->counted : free->counted - found;
	if (apart > slack)
		return refuse(why, "%llu pages in the buddy lists, NR_FREE_PAGES is %llu: "
			      "more than %llu apart",
			      (ull)found, (ull)free->counted, (ull)slack);
	return 0;
}

/* A source page holds what was in its destination; if that was free in A, nobody misses it. */
static int mark_sources(struct freepages *free, const struct exchanged *x, char *why)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *pair = &x->pairs[i];

		if (pair->source != pair->pfn && freemap_has(&free->map, pair->source))
			return refuse(why, "kexec's list: source pfn %#llx is free",
				      (ull)pair->source);
	}
	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *pair = &x->pairs[i];

		if (pair->source != pair->pfn && freemap_has(&free->map, pair->pfn) &&
		    freemap_add(&free->map, pair->source, 1))
			free->sources++;
	}
	return 0;
}

int freepages_search(struct freepages *free, struct amem *mem, struct exchanged *x,
		     const void *notes, size_t len, const struct ram_range *ram, size_t nram,
		     char *why)
{
	struct vmcoreinfo info;
	const char *text;

	if (vmcoreinfo_note(notes, len, &text, &len, why) < 0 ||
	    vmcoreinfo_parse(text, len, VMCOREINFO_FREE, &info, why) < 0)
		return -1;
	/* Without the list all that is wanted may still lie elsewhere. */
	if (exchanged_find(x, mem, ram, nram, free->no_sources) < 0)
		x->n = 0;
	else
		*free->no_sources = 0;
	mem->exchanged = x;
	amem_start(mem, info.top_table, info.phys_base, info.five_levels ? 5 : 4, info.sme_mask);
	for (size_t i = 0; i < free->map.bits.nranges; i++)
		if (scan_range(free, mem, &info, free->map.bits.ranges[i].pfn,
			       free->map.bits.ranges[i].end, why) < 0)
			return -1;
	if (compare(free, mem, &info, why) < 0 || mark_sources(free, x, why) < 0)
		return -1;
	free->moved = mem->moved;
	for (size_t i = 0; i < EXCHANGED_RANGES; i++)
		freemap_remove(&free->map, x->ranges[i]);
	return 0;
}
