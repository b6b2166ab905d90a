// SPDX-License-Identifier: GPL-2.0-only
/* freepages.c - from VMCOREINFO over sections and struct pages to a map of free pages */
#include <string.h>

#include "freepages.h"
#include "vmcoreinfo.h"

#define MAP_BYTES	(4u << 20)	/* of struct pages seen at once; page tables for it take 8 KiB */
#define NODE_ZONES	8u		/* MAX_NR_ZONES is 3 to 6 */

/* Of section_mem_map (mm/sparse.c); what is not a flag there is an address, on a page at least. */
#define SECTION_HAS_MEM_MAP	(1u << 1)
#define SECTION_IS_ONLINE	(1u << 2)
#define SECTION_FLAGS		(IMAGE_BLOCK - 1ull)

/*
 * What NR_FREE_PAGES of one zone and its buddy lists may differ by: a CPU adds
 * to the zone's counter when its own passes a threshold, which is 125 at most
 * (mm/vmstat.c), and when it goes offline.  At the jump one CPU is online.
 */
#define ZONE_SLACK	125u

struct search {
	struct freepages *free;
	struct amem *mem;
	struct vmcoreinfo info;
	uint64_t zones;		/* that have memory */
	char *why;
};

/*
 * Look up the section of page pfn in mem_section[], as SPARSEMEM_EXTREME keeps it.  *end: the
 * first pfn behind it; *pages: the virtual address of pfn's struct page, 0 if not in use.
 */
static int section_find(struct search *s, uint64_t pfn, uint64_t *end, uint64_t *pages)
{
	const struct vmcoreinfo *info = &s->info;
	unsigned int shift = info->section_bits - 12;
	uint64_t section = pfn >> shift, per_root = IMAGE_BLOCK / info->mem_section_size;
	uint64_t root, map;

	*end = (section + 1) << shift;
	*pages = 0;
	if (section / per_root >= info->mem_section_roots)
		return refuse(s->why, "pfn %#llx: of root %llu of sections, there are %llu",
			      (ull)pfn, (ull)(section / per_root), (ull)info->mem_section_roots);
	if (amem_read(s->mem, info->mem_section + section / per_root * 8, &root, sizeof root,
		      s->why) < 0)
		return -1;
	if (!root)
		return 0;
	root += section % per_root * info->mem_section_size;
	if (amem_read(s->mem, root + info->section_mem_map, &map, sizeof map, s->why) < 0)
		return -1;
	/* Memory that was plugged in and is not online may have struct pages nobody filled in. */
	if (!(map & SECTION_HAS_MEM_MAP) || !(map & SECTION_IS_ONLINE))
		return 0;
	/* It is the address that the struct page of pfn 0 would have. */
	map &= ~SECTION_FLAGS;
	if (info->vmemmap && map != info->vmemmap)
		return refuse(s->why, "section %#llx: its struct pages count from %#llx, "
			      "vmemmap is %#llx",
			      (ull)section, (ull)map, (ull)info->vmemmap);
	*pages = map + pfn * info->page_size;
	return 0;
}

static uint32_t word(const char *page, uint64_t offset)
{
	uint32_t w;

	memcpy(&w, page + offset, sizeof w);
	return w;
}

/* The first page of a free block has its page_type, its order in private and no reference. */
static int block_check(struct search *s, const char *page, uint64_t pfn, uint64_t seen,
		       uint64_t order)
{
	const struct vmcoreinfo *info = &s->info;
	uint32_t type = info->buddy_type, references = word(page, info->page_refcount);

	if (order >= info->orders)
		return refuse(s->why, "pfn %#llx: free block of order %llu, orders are below %llu",
			      (ull)pfn, (ull)order, (ull)info->orders);
	if (pfn & ((1ull << order) - 1))
		return refuse(s->why, "pfn %#llx: free block of order %llu, not aligned to it",
			      (ull)pfn, (ull)order);
	if (references)
		return refuse(s->why, "pfn %#llx: free block with %u references, 0 were expected",
			      (ull)pfn, references);
	/* Blocks it was joined of began here, and do no longer. */
	for (uint64_t half = 1; half < 1ull << order && half < seen; half <<= 1)
		if (word(page + half * info->page_size, info->page_type) == type)
			return refuse(s->why, "pfn %#llx: free block of order %llu, "
				      "another one in it at pfn %#llx",
				      (ull)pfn, (ull)order, (ull)(pfn + half));
	return 0;
}

/*
 * Leave out a page that must not be read: one with PG_hwpoison, for a read of it is
 * a machine check, or one that is offline, which a balloon driver gave to the host.
 * A uses the contents of neither.  It is read after all if the map has no room.
 */
static int check_readable(struct search *s, const char *page, uint64_t pfn, uint32_t type)
{
	const struct vmcoreinfo *info = &s->info;
	uint64_t flags;

	memcpy(&flags, page + info->page_flags, sizeof flags);
	if (!(info->hwpoison && flags >> info->hwpoison & 1) &&
	    !(info->offline_type && type == (uint32_t)info->offline_type))
		return 0;
	if (!pagebits_add(&s->free->map, pfn, 1))
		return refuse(s->why, "pfn %#llx: must not be read, and is in a free block",
			      (ull)pfn);
	s->free->found.unreadable++;
	return 0;
}

/*
 * Look at the struct pages of [*pfn, stop), in a range of the RAM map that ends at `end`.  Only
 * the first page of a free block tells.  *pfn is set behind the last block, which may be
 * behind stop.
 */
static int scan_pages(struct search *s, const char *pages, uint64_t *pfn, uint64_t stop,
		      uint64_t end)
{
	const struct vmcoreinfo *info = &s->info;
	uint64_t first = *pfn, step, order;

	for (; *pfn < stop; *pfn += step) {
		const char *page = pages + (*pfn - first) * info->page_size;
		uint32_t type = word(page, info->page_type);

		step = 1;
		if (type != (uint32_t)info->buddy_type) {
			if (check_readable(s, page, *pfn, type) < 0)
				return -1;
			continue;
		}
		memcpy(&order, page + info->page_private, sizeof order);
		if (block_check(s, page, *pfn, stop - *pfn, order) < 0)
			return -1;
		step <<= order;
		if (step > end - *pfn || !pagebits_add(&s->free->map, *pfn, step))
			return refuse(s->why, "pfn %#llx: free block of order %llu, "
				      "not all in the RAM map",
				      (ull)*pfn, (ull)order);
		s->free->found.free += step;
	}
	return 0;
}

/* All of one range of the RAM map, section by section. */
static int scan_range(struct search *s, uint64_t pfn, uint64_t end)
{
	while (pfn < end) {
		uint64_t section_end, virt, len;
		const void *pages;

		if (section_find(s, pfn, &section_end, &virt) < 0)
			return -1;
		if (section_end > end)
			section_end = end;
		if (!virt) {
			pfn = section_end;
			continue;
		}
		len = (section_end - pfn) * s->info.page_size;
		if (len > MAP_BYTES - IMAGE_BLOCK)
			len = MAP_BYTES - IMAGE_BLOCK;
		pages = amem_map(s->mem, virt, &len, s->why);
		if (!pages || scan_pages(s, pages, &pfn, pfn + len / s->info.page_size, end) < 0)
			return -1;
	}
	return 0;
}

static int count_node(struct search *s, uint64_t node)
{
	const struct vmcoreinfo *info = &s->info;
	uint64_t room = (info->node_size - info->node_zones) / info->zone_size;
	uint64_t zone = node + info->node_zones, spanned;
	int64_t pages;
	uint32_t n;

	if (room > NODE_ZONES)
		room = NODE_ZONES;
	if (amem_read(s->mem, node + info->node_nr_zones, &n, sizeof n, s->why) < 0)
		return -1;
	if (n > room)
		return refuse(s->why, "node at %#llx: %u zones, it has room for %llu",
			      (ull)node, n, (ull)room);
	for (uint32_t i = 0; i < n; i++, zone += info->zone_size) {
		if (amem_read(s->mem, zone + info->zone_spanned, &spanned, sizeof spanned,
			      s->why) < 0 ||
		    amem_read(s->mem, zone + info->zone_vm_stat + info->nr_free_pages * 8,
			      &pages, sizeof pages, s->why) < 0)
			return -1;
		if (!spanned)
			continue;
		/* Below 0 it may be by what CPUs have not added yet. */
		if (pages < -(int64_t)ZONE_SLACK || pages > (int64_t)IMAGE_MAX_PFN)
			return refuse(s->why, "zone at %#llx: %lld free pages", (ull)zone,
				      (long long)pages);
		s->free->counted += pages > 0 ? pages : 0;
		s->zones++;
	}
	return 0;
}

/* Sum up NR_FREE_PAGES of all zones of all nodes. */
static int count_nodes(struct search *s)
{
	if (s->info.contig_page_data)
		return count_node(s, s->info.contig_page_data);
	for (uint64_t i = 0; i < s->info.node_data_length; i++) {
		uint64_t node;

		if (amem_read(s->mem, s->info.node_data + i * 8, &node, sizeof node, s->why) < 0)
			return -1;
		if (node && count_node(s, node) < 0)
			return -1;
	}
	return 0;
}

/* NR_FREE_PAGES counts the pages in the buddy lists.  Those on per-CPU lists are in neither. */
static int compare_counts(struct search *s)
{
	uint64_t slack, apart, counted, found = s->free->found.free;

	if (count_nodes(s) < 0)
		return -1;
	counted = s->free->counted;
	slack = s->zones * ZONE_SLACK;
	apart = found > counted ? found - counted : counted - found;
	if (apart > slack)
		return refuse(s->why, "%llu pages in the buddy lists, NR_FREE_PAGES is %llu: "
			      "more than %llu apart",
			      (ull)found, (ull)counted, (ull)slack);
	return 0;
}

/* A source page holds what was in its destination; if that was free in A, nobody misses it. */
static int mark_sources(struct freepages *free, const struct exchanged *x, char *why)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *pair = &x->pairs[i];

		if (pair->source != pair->pfn && pagebits_has(&free->map, pair->source))
			return refuse(why, "kexec's list: source pfn %#llx is free",
				      (ull)pair->source);
	}
	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *pair = &x->pairs[i];

		if (pair->source != pair->pfn && pagebits_has(&free->map, pair->pfn) &&
		    pagebits_add(&free->map, pair->source, 1))
			free->sources++;
	}
	return 0;
}

int freepages_search(struct freepages *free, struct amem *mem, struct exchanged *x,
		     const void *notes, size_t len, const struct ram_range *ram, size_t nram,
		     char *why)
{
	struct search s = { .free = free, .mem = mem, .why = why };
	const struct pagebits *map = &free->map;
	const char *text;

	if (vmcoreinfo_note(notes, len, &text, &len, why) < 0 ||
	    vmcoreinfo_parse(text, len, VMCOREINFO_FREE, &s.info, why) < 0)
		return -1;
	/* Without the list all that is wanted may still lie elsewhere. */
	if (exchanged_find(x, mem, ram, nram, free->no_sources) < 0)
		x->n = 0;
	else
		*free->no_sources = 0;
	mem->exchanged = x;
	amem_start(mem, s.info.top_table, s.info.phys_base, s.info.five_levels ? 5 : 4,
		   s.info.sme_mask);
	for (size_t i = 0; i < map->nranges; i++)
		if (scan_range(&s, map->ranges[i].pfn, map->ranges[i].end) < 0)
			return -1;
	if (compare_counts(&s) < 0 || mark_sources(free, x, why) < 0)
		return -1;
	free->moved = mem->moved;
	for (size_t i = 0; i < EXCHANGED_RANGES; i++)
		pagebits_fill(&free->map, x->ranges[i], false);
	return 0;
}
