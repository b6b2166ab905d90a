// SPDX-License-Identifier: GPL-2.0-only
/* zones.c - add up the counters of A's zones */
#include "../image/refuse.h"
#include "zones.h"

#define ZONES 8u	/* in a node; MAX_NR_ZONES is 3 to 6 */

static int add_node(struct amem *mem, const struct vmcoreinfo *info, uint64_t node,
		    struct zones *zones, char *why)
{
	uint64_t room = (info->node_size - info->node_zones) / info->zone_size;
	uint32_t n;

	if (room > ZONES)
		room = ZONES;
	if (amem_read(mem, node + info->node_nr_zones, &n, sizeof n, why) < 0)
		return -1;
	if (n > room)
		return refuse(why, "node at %#llx: %u zones, it has room for %llu",
			      (ull)node, n, (ull)room);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t zone = node + info->node_zones + i * info->zone_size, spanned;
		int64_t pages;

		if (amem_read(mem, zone + info->zone_spanned, &spanned, sizeof spanned, why) < 0 ||
		    amem_read(mem, zone + info->zone_vm_stat + info->nr_free_pages * 8,
			      &pages, sizeof pages, why) < 0)
			return -1;
		if (!spanned)
			continue;
		/* Below 0 it may be by what CPUs have not added yet. */
		if (pages < -(int64_t)ZONE_SLACK || pages > (int64_t)IMAGE_MAX_PFN)
			return refuse(why, "zone at %#llx: %lld free pages", (ull)zone,
				      (long long)pages);
		zones->free_pages += pages > 0 ? pages : 0;
		zones->populated++;
	}
	return 0;
}

int zones_read(struct amem *mem, const struct vmcoreinfo *info, struct zones *zones, char *why)
{
	*zones = (struct zones){ 0 };
	if (info->contig_page_data)
		return add_node(mem, info, info->contig_page_data, zones, why);
	for (uint64_t i = 0; i < info->node_data_length; i++) {
		uint64_t node;

		if (amem_read(mem, info->node_data + i * 8, &node, sizeof node, why) < 0)
			return -1;
		if (node && add_node(mem, info, node, zones, why) < 0)
			return -1;
	}
	return 0;
}
