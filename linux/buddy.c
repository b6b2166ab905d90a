// SPDX-License-Identifier: GPL-2.0-only
/*
 * buddy.c - find free blocks among struct pages
 *
 * The first page of a free block has its page_type, its order in private and
 * no reference; the other pages of it say nothing, and are passed over.  Of all
 * other pages type and flags are looked at.
 */
#include <string.h>

#include "../image/refuse.h"
#include "buddy.h"

static uint32_t word(const char *page, uint64_t offset)
{
	uint32_t w;

	memcpy(&w, page + offset, sizeof w);
	return w;
}

static int block_check(const struct vmcoreinfo *info, const char *page, uint64_t pfn, uint64_t seen,
		       uint64_t order, char *why)
{
	uint32_t type = info->buddy_type, references = word(page, info->page_refcount);

	if (order >= info->orders)
		return refuse(why, "pfn %#llx: free block of order %llu, orders are below %llu",
			      (ull)pfn, (ull)order, (ull)info->orders);
	if (pfn & ((1ull << order) - 1))
		return refuse(why, "pfn %#llx: free block of order %llu, not aligned to it",
			      (ull)pfn, (ull)order);
	if (references)
		return refuse(why, "pfn %#llx: free block with %u references, 0 were expected",
			      (ull)pfn, references);
	/* Blocks it was joined of began here, and do no longer. */
	for (uint64_t half = 1; half < 1ull << order && half < seen; half <<= 1)
		if (word(page + half * info->page_size, info->page_type) == type)
			return refuse(why, "pfn %#llx: free block of order %llu, "
				      "another one in it at pfn %#llx",
				      (ull)pfn, (ull)order, (ull)(pfn + half));
	return 0;
}

static bool unreadable(const struct vmcoreinfo *info, const char *page, uint32_t type)
{
	uint64_t flags;

	memcpy(&flags, page + info->page_flags, sizeof flags);
	return (info->hwpoison && flags >> info->hwpoison & 1) ||
	       (info->offline_type && type == (uint32_t)info->offline_type);
}

/* The page is read after all if the map has no room for it. */
static int leave_out(struct freemap *map, struct buddy_count *sum, uint64_t pfn, char *why)
{
	if (!freemap_add(map, pfn, 1))
		return refuse(why, "pfn %#llx: must not be read, and is in a free block", (ull)pfn);
	sum->unreadable++;
	return 0;
}

int buddy_scan(const struct vmcoreinfo *info, const void *pages, uint64_t pfn, uint64_t count,
	       uint64_t end, struct freemap *map, struct buddy_count *sum, uint64_t *next,
	       char *why)
{
	const char *first = pages;
	uint64_t i = 0, size = info->page_size, order;

	while (i < count) {
		const char *page = first + i * size;
		uint32_t type = word(page, info->page_type);

		if (type != (uint32_t)info->buddy_type) {
			if (unreadable(info, page, type) && leave_out(map, sum, pfn + i, why) < 0)
				return -1;
			i++;
			continue;
		}
		memcpy(&order, page + info->page_private, sizeof order);
		if (block_check(info, page, pfn + i, count - i, order, why) < 0)
			return -1;
		if (1ull << order > end - (pfn + i) || !freemap_add(map, pfn + i, 1ull << order))
			return refuse(why, "pfn %#llx: free block of order %llu, "
				      "not all in the RAM map",
				      (ull)(pfn + i), (ull)order);
		sum->free += 1ull << order;
		i += 1ull << order;
	}
	*next = pfn + i;
	return 0;
}
