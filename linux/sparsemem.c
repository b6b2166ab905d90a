// SPDX-License-Identifier: GPL-2.0-only
/* sparsemem.c - mem_section[], as SPARSEMEM_EXTREME keeps it */
#include "../image/refuse.h"
#include "sparsemem.h"

/* Of section_mem_map; what is not a flag there is an address, on a page at least. */
#define SECTION_HAS_MEM_MAP	(1u << 1)
#define SECTION_IS_ONLINE	(1u << 2)
#define FLAGS			(IMAGE_BLOCK - 1ull)

int section_find(struct amem *mem, const struct vmcoreinfo *info, uint64_t pfn, uint64_t *end,
		 uint64_t *pages, char *why)
{
	unsigned int shift = info->section_bits - 12;
	uint64_t section = pfn >> shift, per_root = IMAGE_BLOCK / info->mem_section_size;
	uint64_t root, map;

	*end = (section + 1) << shift;
	*pages = 0;
	if (section / per_root >= info->mem_section_roots)
		return refuse(why, "pfn %#llx: of root %llu of sections, there are %llu",
			      (ull)pfn, (ull)(section / per_root), (ull)info->mem_section_roots);
	if (amem_read(mem, info->mem_section + section / per_root * 8, &root, sizeof root, why) < 0)
		return -1;
	if (!root)
		return 0;
	if (amem_read(mem, root + section % per_root * info->mem_section_size +
		      info->section_mem_map, &map, sizeof map, why) < 0)
		return -1;
	/* Memory that was plugged in and is not online may have struct pages nobody filled in. */
	if (!(map & SECTION_HAS_MEM_MAP) || !(map & SECTION_IS_ONLINE))
		return 0;
	/* It is the address that the struct page of pfn 0 would have. */
	map &= ~FLAGS;
	if (info->vmemmap && map != info->vmemmap)
		return refuse(why, "section %#llx: its struct pages count from %#llx, "
			      "vmemmap is %#llx",
			      (ull)section, (ull)map, (ull)info->vmemmap);
	*pages = map + pfn * info->page_size;
	return 0;
}
