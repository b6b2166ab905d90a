// SPDX-License-Identifier: GPL-2.0-only
/* freepages.c - from VMCOREINFO over page tables and struct pages to a map of free pages */
#include "../base/clock.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/refuse.h"
#include "../linux/buddy.h"
#include "../linux/kexec-list.h"
#include "freepages.h"
#include "../linux/sparsemem.h"
#include "../linux/vmcoreinfo.h"
#include "../linux/zones.h"

typedef unsigned long long ull;

#define MAP_BYTES	(4u << 20)	/* of struct pages seen at once; page tables for it take 8 KiB */
#define BITS_BYTES	(8u << 20)	/* of the map: 256 GiB of RAM; the window has room for no more */

/*
 * Struct pages from virtual address `virt` on that lie behind each other in
 * physical memory, at most `want` bytes and MAP_BYTES.
 */
static const void *map_struct_pages(struct amem *mem, uint64_t virt, uint64_t want, uint64_t *len,
				    char *why)
{
	uint64_t phys, left, inside = virt % IMAGE_BLOCK, most = MAP_BYTES - IMAGE_BLOCK;
	const char *p;

	if (amem_walk(mem, virt, &phys, &left, why) < 0)
		return NULL;
	if (want > most)
		want = most;
	*len = left < want ? left : want;
	while (*len < want) {
		uint64_t more;

		if (amem_walk(mem, virt + *len, &more, &left, why) < 0)
			return NULL;
		if (more != phys + *len)
			break;
		*len = left < want - *len ? *len + left : want;
	}
	p = mem->map(mem, phys - inside,
		     (inside + *len + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK, why);
	return p ? p + inside : NULL;
}

/* All of one range of the RAM map, section by section. */
static int scan_range(struct amem *mem, const struct vmcoreinfo *info, struct freemap *map,
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
		pages = map_struct_pages(mem, virt, (section_end - pfn) * info->page_size, &len, why);
		if (!pages || buddy_scan(info, pages, pfn, len / info->page_size, map, &pfn, why) < 0)
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
	struct zones zones;
	uint64_t slack, apart;

	if (zones_read(mem, info, &zones, why) < 0)
		return -1;
	free->buddy = free->map.pages;
	free->counted = zones.free_pages;
	slack = zones.populated * ZONE_SLACK;
	apart = free->buddy > free->counted ? free->buddy - free->counted : free->counted - free->buddy;
	if (apart > slack)
		return refuse(why, "%llu pages in the buddy lists, NR_FREE_PAGES is %llu: more than %llu apart",
			      (ull)free->buddy, (ull)free->counted, (ull)slack);
	return 0;
}

static int find(struct freepages *free, struct amem *mem, const struct vmcoreinfo *info, char *why)
{
	amem_start(mem, info->top_table, info->phys_base, info->five_levels ? 5 : 4,
		   info->sme_mask);
	for (size_t i = 0; i < free->map.nranges; i++)
		if (scan_range(mem, info, &free->map, free->map.ranges[i].pfn,
			       free->map.ranges[i].end, why) < 0)
			return -1;
	return compare(free, mem, info, why);
}

/* What A's source pages hold may be free as well; if that cannot be told, they are saved. */
static void find_sources(struct freepages *free, struct amem *mem, const struct vmcoreinfo *layout,
			 uint64_t entry, const struct ram_range *ram, size_t nram,
			 const struct ram_range *swapped, size_t nswapped)
{
	static struct freemap seen;
	size_t size = freemap_size(ram, nram);
	uint64_t *bits;
	char why[WHY_SIZE];
	int64_t n;

	bits = alloc_pages(size);
	if (!bits) {
		info("free pages: no memory for a second map; all pages that the jump exchanged are saved");
		return;
	}
	freemap_start(&seen, ram, nram, bits);
	n = exchange_mark(mem, layout, entry, &free->map, &seen, swapped, nswapped, why);
	if (n < 0)
		info("free pages: %s; all pages that the jump exchanged are saved", why);
	else
		free->sources = n;
	free_pages(bits, size);
}

void freepages_none(struct freepages *free, const char *why)
{
	info("free pages: %s; all pages are saved", why);
	freepages_end(free);
}

void freepages_end(struct freepages *free)
{
	free_pages(free->map.bits, free->bits_size);
	*free = (struct freepages){ 0 };
}

void freepages_find(struct freepages *free, struct amem *mem, const void *notes, size_t len,
		    uint64_t entry, const struct ram_range *ram, size_t nram,
		    const struct ram_range *swapped, size_t nswapped)
{
	size_t size = freemap_size(ram, nram);
	uint64_t start = now_ms(), *bits;
	struct vmcoreinfo layout;
	char why[WHY_SIZE];

	*free = (struct freepages){ 0 };
	if (size > BITS_BYTES) {
		snprintf(why, sizeof why, "a map of them takes %zu bytes, %u are spared", size, BITS_BYTES);
		freepages_none(free, why);
		return;
	}
	bits = alloc_pages(size);
	if (!bits) {
		freepages_none(free, "no memory for a map of them");
		return;
	}
	free->bits_size = size;
	freemap_start(&free->map, ram, nram, bits);
	if (vmcoreinfo_parse(notes, len, &layout, why) < 0 || find(free, mem, &layout, why) < 0) {
		freepages_none(free, why);
		return;
	}
	find_sources(free, mem, &layout, entry, ram, nram, swapped, nswapped);
	for (size_t i = 0; i < nswapped; i++)
		freemap_remove(&free->map, swapped[i]);
	info("free pages: %llu in the buddy lists, NR_FREE_PAGES is %llu; %llu exchanged pages hold free ones; %llu are left out, found in %llu ms",
	     (ull)free->buddy, (ull)free->counted, (ull)free->sources, (ull)free->map.pages,
	     (ull)(now_ms() - start));
}
