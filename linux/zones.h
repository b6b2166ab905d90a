/* SPDX-License-Identifier: GPL-2.0-only */
/* zones.h - how many pages A's allocator says it has free */
#ifndef LINUX_ZONES_H
#define LINUX_ZONES_H

#include "amem.h"
#include "vmcoreinfo.h"

struct zones {
	uint64_t free_pages;	/* sum of NR_FREE_PAGES */
	uint64_t populated;	/* zones that have memory */
};

/*
 * What NR_FREE_PAGES of one zone and its buddy lists may differ by: a CPU adds
 * to the zone's counter when its own passes a threshold, which is 125 at most
 * (mm/vmstat.c), and when it goes offline.  At the jump one CPU is online.
 */
#define ZONE_SLACK 125u

/* Sum up all zones of all nodes.  -1: why[WHY_SIZE]. */
int zones_read(struct amem *mem, const struct vmcoreinfo *info, struct zones *zones, char *why);

#endif
