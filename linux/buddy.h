/* SPDX-License-Identifier: GPL-2.0-only */
/* buddy.h - tell by struct pages which pages A's buddy allocator has free */
#ifndef LINUX_BUDDY_H
#define LINUX_BUDDY_H

#include "freemap.h"
#include "vmcoreinfo.h"

/*
 * Look at the struct pages of [pfn, pfn + count), which lie in one range of the
 * RAM map, and mark free blocks that begin there; a block that does may end
 * behind them.  *next is set to the first pfn to be looked at after this.
 * -1 if something is not as the allocator leaves it: why[WHY_SIZE], and no mark
 * in the map is worth anything.
 */
int buddy_scan(const struct vmcoreinfo *info, const void *pages, uint64_t pfn, uint64_t count,
	       struct freemap *map, uint64_t *next, char *why);

#endif
