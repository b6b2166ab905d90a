/* SPDX-License-Identifier: GPL-2.0-only */
/* buddy.h - tell by struct pages which pages A's buddy allocator has free, and which not to read */
#ifndef LINUX_BUDDY_H
#define LINUX_BUDDY_H

#include "freemap.h"
#include "vmcoreinfo.h"

struct buddy_count {
	uint64_t free;		/* pages in free blocks */
	uint64_t unreadable;	/* pages whose memory is broken, or that A gave away */
};

/*
 * Look at the struct pages of [pfn, pfn + count), which lie in one range of the RAM
 * map that ends at pfn `end`.  Mark and count free blocks that begin there (a block
 * that does may end behind them), and pages that must not be read: those with
 * PG_hwpoison, for a read of them is a machine check, and those that are offline,
 * which a balloon driver gave to the host.  A uses the contents of neither.
 * *next is set to the first pfn to be looked at after this.
 * -1 if something is not as the allocator leaves it: why[WHY_SIZE], and no mark
 * in the map is worth anything.
 */
int buddy_scan(const struct vmcoreinfo *info, const void *pages, uint64_t pfn, uint64_t count,
	       uint64_t end, struct freemap *map, struct buddy_count *sum, uint64_t *next,
	       char *why);

#endif
