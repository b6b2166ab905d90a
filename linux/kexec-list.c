// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec-list.c - follow kexec's list of pages, as relocate_kernel() does
 *
 * Entries are physical addresses with a flag in the low bits: "what follows
 * goes to this address", "the list goes on on this page", "exchange this page
 * with the next of the destination", "done".
 */
#include <stdbool.h>

#include "../image/ram.h"
#include "../image/refuse.h"
#include "kexec-list.h"

typedef unsigned long long ull;

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8 };
#define ADDRESS		0x000ffffffffff000ull
#define ENTRIES		(IMAGE_BLOCK / 8)
#define BACKUP_PAGES_MAP (2048 + 0x30)	/* CP_PA_BACKUP_PAGES_MAP of relocate_kernel_64.S in 6.12 */
#define LIST_PAGES	1024u		/* 2 GiB of destinations: far more than any window */

struct list {
	struct amem *mem;
	uint64_t entries[ENTRIES];	/* of the current page */
	unsigned int next, pages;
	uint64_t to;		/* pfn of the next source's destination, 0: none */
};

/* Where struct kimage has the first entry, which a kernel with our patch 0008 tells. */
static int kimage_head(struct amem *mem, const struct vmcoreinfo *info, uint64_t *head, char *why)
{
	uint64_t image;

	if (!info->kexec_image)
		return refuse(why, "VMCOREINFO: SYMBOL(kexec_image) is missing");
	if (info->kimage_head > IMAGE_BLOCK)
		return refuse(why, "VMCOREINFO: kimage.head at %llu", (ull)info->kimage_head);
	if (amem_read(mem, info->kexec_image, &image, sizeof image, why) < 0)
		return -1;
	return amem_read(mem, image + info->kimage_head, head, sizeof *head, why);
}

/*
 * A list begins with one entry, which has to lead to a page of them.  If struct
 * kimage was exchanged itself, or nobody tells where it is, the copy will do
 * by which A's own code comes back: it is in the page where A is entered, which
 * is never exchanged.  Not in every kernel; but what is no such list is refused.
 */
static int list_start(struct list *list, struct amem *mem, const struct vmcoreinfo *info,
		      uint64_t entry, char *why)
{
	uint64_t head;

	if (kimage_head(mem, info, &head, why) < 0 &&
	    (!entry || mem->read(mem, (entry & ADDRESS) + BACKUP_PAGES_MAP, &head, sizeof head, why) < 0))
		return -1;
	list->mem = mem;
	list->pages = 1;
	list->next = 0;
	list->to = 0;
	if ((head & 15) != INDIRECTION)
		return refuse(why, "list of exchanged pages: begins with %#llx, flag %d was expected",
			      (ull)head, INDIRECTION);
	return mem->read(mem, head & ADDRESS, list->entries, IMAGE_BLOCK, why);
}

/* The next exchange: 1 and both pfns, 0 at the end, -1. */
static int list_next(struct list *list, uint64_t *source, uint64_t *to, char *why)
{
	for (;;) {
		uint64_t e, flag;

		if (list->next == ENTRIES)
			return refuse(why, "list of exchanged pages: page %u of it has no end", list->pages);
		e = list->entries[list->next++];
		flag = e & (IMAGE_BLOCK - 1);
		if (flag == DONE)
			return 0;
		if (flag == DESTINATION) {
			list->to = (e & ADDRESS) / IMAGE_BLOCK;
		} else if (flag == INDIRECTION) {
			if (list->pages++ == LIST_PAGES)
				return refuse(why, "list of exchanged pages: more than %u pages of it", LIST_PAGES);
			list->next = 0;
			if (list->mem->read(list->mem, e & ADDRESS, list->entries, IMAGE_BLOCK, why) < 0)
				return -1;
		} else if (flag == SOURCE && list->to) {
			*source = (e & ADDRESS) / IMAGE_BLOCK;
			*to = list->to++;
			return 1;
		} else {
			return refuse(why, "list of exchanged pages: entry %#llx for destination %#llx",
				      (ull)e, (ull)list->to);
		}
	}
}

/* Is this exchange one that kexec makes, and the first of both pages? */
static int pair_check(const struct freemap *map, struct freemap *seen, uint64_t source, uint64_t to,
		      const struct ram_range *swapped, size_t n, char *why)
{
	if (!ram_holds(swapped, n, to, 1))
		return refuse(why, "list of exchanged pages: destination pfn %#llx is not in window or low memory",
			      (ull)to);
	if (!freemap_add(seen, to, 1))
		return refuse(why, "list of exchanged pages: destination pfn %#llx comes twice", (ull)to);
	/* What is loaded to a page that was free at the time is put there at once. */
	if (source == to)
		return 0;
	if (ram_holds(swapped, n, source, 1) || freemap_has(map, source) ||
	    !freemap_add(seen, source, 1))
		return refuse(why, "list of exchanged pages: source pfn %#llx is exchanged, free, unknown or comes twice",
			      (ull)source);
	return 0;
}

int64_t exchange_mark(struct amem *mem, const struct vmcoreinfo *info, uint64_t entry,
		      struct freemap *map, struct freemap *seen,
		      const struct ram_range *swapped, size_t n, char *why)
{
	static struct list list;
	uint64_t source, to;
	int64_t marked = 0;
	int more;

	/* All of it is checked before anything is marked. */
	if (list_start(&list, mem, info, entry, why) < 0)
		return -1;
	while ((more = list_next(&list, &source, &to, why)) > 0)
		if (pair_check(map, seen, source, to, swapped, n, why) < 0)
			return -1;
	if (more < 0 || list_start(&list, mem, info, entry, why) < 0)
		return -1;
	while (list_next(&list, &source, &to, why) > 0)
		if (source != to && freemap_has(map, to) && freemap_add(map, source, 1))
			marked++;
	return marked;
}
