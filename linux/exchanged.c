// SPDX-License-Identifier: GPL-2.0-only
/* exchanged.c - follow kexec's list of pages, as relocate_kernel() does; it may be anything */
#include <stdlib.h>

#include "../image/ram.h"
#include "../image/refuse.h"
#include "amem.h"

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8 };
#define FLAGS		(IMAGE_BLOCK - 1ull)	/* none but these four is ever set */
#define ADDRESS		0x000ffffffffff000ull
#define ENTRIES		(IMAGE_BLOCK / 8)
#define LIST_PAGES	1024u		/* 2 GiB of destinations: far more than any window */

/* CP_PA_BACKUP_PAGES_MAP of relocate_kernel_64.S up to 6.13: the first entry in the entry page. */
#define FIRST_ENTRY	((2048u + 0x30) / 8)

struct list {
	struct amem *mem;
	uint64_t entries[ENTRIES];	/* of the current page */
	unsigned int next, pages;	/* pages: of all that were tried */
	uint64_t to;		/* pfn of the next source's destination, 0: none */
};

void exchanged_start(struct exchanged *x, struct ram_range low, struct ram_range window,
		     uint64_t entry)
{
	*x = (struct exchanged){ .ranges = { low, window }, .entry = entry };
}

size_t exchanged_most(const struct exchanged *x, const struct ram_range *ram, size_t nram)
{
	const uint64_t most = (uint64_t)LIST_PAGES * ENTRIES;
	uint64_t pages = 0;

	for (size_t i = 0; i < nram; i++)
		for (size_t j = 0; j < EXCHANGED_RANGES; j++) {
			struct ram_range r = x->ranges[j];

			r.start = r.start > ram[i].start ? r.start : ram[i].start;
			r.end = r.end < ram[i].end ? r.end : ram[i].end;
			pages += r.start < r.end ? ram_pages(&r, 1) : 0;
		}
	return pages < most ? pages : most;
}

bool exchanged_has(const struct exchanged *x, uint64_t pfn)
{
	for (size_t i = 0; i < EXCHANGED_RANGES; i++)
		if (pfn >= x->ranges[i].start / IMAGE_BLOCK && pfn < x->ranges[i].end / IMAGE_BLOCK)
			return true;
	return false;
}

static int by_pfn(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

static int by_source(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	return x->source < y->source ? -1 : x->source > y->source;
}

const struct exchange *exchanged_pair(const struct exchanged *x, uint64_t pfn)
{
	const struct exchange key = { .pfn = pfn };

	return x->n ? bsearch(&key, x->pairs, x->n, sizeof key, by_pfn) : NULL;
}

/* Go on at the page that an entry leads to. */
static int list_page(struct list *list, uint64_t e, char *why)
{
	if (list->pages++ == LIST_PAGES)
		return refuse(why, "kexec's list: more than %u pages", LIST_PAGES);
	list->next = 0;
	return list->mem->read(list->mem, e & ADDRESS, list->entries, IMAGE_BLOCK, why);
}

/* The next exchange: 1 and both pfns, 0 at the end, -1. */
static int list_next(struct list *list, struct exchange *pair, char *why)
{
	for (;;) {
		uint64_t e, flag;

		if (list->next == ENTRIES)
			return refuse(why, "kexec's list: a page without an end");
		e = list->entries[list->next++];
		flag = e & FLAGS;
		if (flag == DONE)
			return 0;
		if (flag == SOURCE && list->to) {
			*pair = (struct exchange){ list->to++, (e & ADDRESS) / IMAGE_BLOCK };
			return 1;
		}
		if (flag == DESTINATION)
			list->to = (e & ADDRESS) / IMAGE_BLOCK;
		else if (flag != INDIRECTION)
			return refuse(why, "kexec's list: entry %#llx for destination %#llx",
				      (ull)e, (ull)list->to);
		else if (list_page(list, e, why) < 0)
			return -1;
	}
}

/* Is this exchange one that kexec makes? */
static int add(struct exchanged *x, const struct exchange *pair, const struct ram_range *ram,
	       size_t nram, char *why)
{
	if (!exchanged_has(x, pair->pfn) || !ram_holds(ram, nram, pair->pfn, 1))
		return refuse(why, "kexec's list: destination pfn %#llx "
			      "is not in window or low memory",
			      (ull)pair->pfn);
	/* A page that was free when it was loaded may be its own source. */
	if (pair->source != pair->pfn &&
	    (exchanged_has(x, pair->source) || !ram_holds(ram, nram, pair->source, 1)))
		return refuse(why, "kexec's list: source pfn %#llx is exchanged itself, or no RAM",
			      (ull)pair->source);
	if (x->n == x->room)
		return refuse(why, "kexec's list: more than the %zu pages that were exchanged",
			      x->room);
	x->pairs[x->n++] = *pair;
	return 0;
}

/* No page is exchanged twice.  This leaves the pairs in the order of their pfns. */
static int sort(struct exchanged *x, char *why)
{
	if (!x->n)
		return refuse(why, "kexec's list: it is empty");
	qsort(x->pairs, x->n, sizeof *x->pairs, by_source);
	for (size_t i = 1; i < x->n; i++)
		if (x->pairs[i].source == x->pairs[i - 1].source)
			return refuse(why, "kexec's list: source pfn %#llx comes twice",
				      (ull)x->pairs[i].source);
	qsort(x->pairs, x->n, sizeof *x->pairs, by_pfn);
	for (size_t i = 1; i < x->n; i++)
		if (x->pairs[i].pfn == x->pairs[i - 1].pfn)
			return refuse(why, "kexec's list: destination pfn %#llx comes twice",
				      (ull)x->pairs[i].pfn);
	return 0;
}

static int walk(struct exchanged *x, struct list *list, uint64_t first, const struct ram_range *ram,
		size_t nram, char *why)
{
	struct exchange pair;
	int more;

	list->next = 0;
	list->to = 0;
	x->n = 0;
	if (list_page(list, first, why) < 0)
		return -1;
	while ((more = list_next(list, &pair, why)) > 0)
		if (add(x, &pair, ram, nram, why) < 0)
			return -1;
	return more < 0 ? -1 : sort(x, why);
}

/*
 * A list that passes all checks is no accident: so each word of the entry page that looks
 * like a first entry is tried, the known place first.  Of several reasons the first is told.
 */
int exchanged_find(struct exchanged *x, struct amem *mem, const struct ram_range *ram, size_t nram,
		   char *why)
{
	static uint64_t words[ENTRIES];
	static struct list list;
	char other[WHY_SIZE], *reason = why;

	if (!x->entry)
		return refuse(why, "kexec's list: "
			      "where the sleeping kernel is entered is not known");
	if (mem->read(mem, x->entry & ADDRESS, words, IMAGE_BLOCK, why) < 0)
		return -1;
	list.mem = mem;
	list.pages = 0;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		uint64_t first = words[(FIRST_ENTRY + i) % ENTRIES];

		if ((first & FLAGS) != INDIRECTION)
			continue;
		if (walk(x, &list, first, ram, nram, reason) == 0)
			return 0;
		reason = other;
	}
	x->n = 0;
	if (reason == other)
		return -1;
	return refuse(why, "kexec's list: nothing in the page of entry %#llx leads to it",
		      (ull)x->entry);
}
