// SPDX-License-Identifier: GPL-2.0-only
/* exchanges.c - follow the list of kexec's pages; it may be anything, so all of it is checked */
#include <stdlib.h>
#include <string.h>

#include "../image/refuse.h"
#include "exchanges.h"

typedef unsigned long long ull;

#define BACKUP_PAGES_MAP (2048 + 0x30)
#define ENTRIES (IMAGE_BLOCK / sizeof(uint64_t))	/* in a page of the list */

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8, FLAGS = 15 };

struct list {
	struct pages *p;
	struct exchange *pairs;
	size_t n, room;
	uint64_t steps;		/* an entry may lead back to an earlier one: so many are enough */
};

/* 8 bytes at a physical address.  False if the image does not have them. */
static bool read_entry(struct pages *p, uint64_t pa, uint64_t *entry)
{
	const uint8_t *page;

	if (pa % sizeof *entry || pages_at(p, pa / IMAGE_BLOCK, &page) < 0 || !page)
		return false;
	memcpy(entry, page + pa % IMAGE_BLOCK, sizeof *entry);
	return true;
}

bool exchanges_first(struct pages *p, uint64_t *entry)
{
	uint64_t page = p->img->head.entry & ~(uint64_t)(IMAGE_BLOCK - 1);

	return read_entry(p, page + BACKUP_PAGES_MAP, entry);
}

static int add(struct list *l, uint64_t to, uint64_t from, char *why)
{
	const struct page_run *run = pages_find(l->p, to), *source = pages_find(l->p, from);

	/* A page may be its own source: then the sleeping kernel had nothing in it. */
	if (!run || run->class != PAGE_EXCHANGED || !source ||
	    (source->class != PAGE_SAVED && source->class != PAGE_ZERO))
		return 0;
	if (l->n == l->room)
		return refuse(why, "list of kexec's pages: more than the %zu pages that were exchanged",
			      l->room);
	l->pairs[l->n++] = (struct exchange){ to, from };
	return 0;
}

static int walk(struct list *l, uint64_t entry, char *why)
{
	uint64_t at = 0, to = 0;

	while (l->steps--) {
		switch (entry & FLAGS) {
		case DESTINATION:
			to = entry / IMAGE_BLOCK;
			break;
		case INDIRECTION:
			at = entry & ~(uint64_t)(IMAGE_BLOCK - 1);
			break;
		case SOURCE:
			if (add(l, to++, entry / IMAGE_BLOCK, why) < 0)
				return -1;
			break;
		case DONE:
			return 0;
		default:
			return refuse(why, "list of kexec's pages: entry %#llx", (ull)entry);
		}
		if (!read_entry(l->p, at, &entry))
			return refuse(why, "list of kexec's pages: %#llx is not in the image", (ull)at);
		at += sizeof entry;
	}
	return refuse(why, "list of kexec's pages: it has no end");
}

static int by_pfn(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

static int sort(struct list *l, char *why)
{
	qsort(l->pairs, l->n, sizeof *l->pairs, by_pfn);
	for (size_t i = 1; i < l->n; i++)
		if (l->pairs[i].pfn == l->pairs[i - 1].pfn)
			return refuse(why, "list of kexec's pages: page %#llx comes twice",
				      (ull)l->pairs[i].pfn);
	if (!l->n)
		return refuse(why, "list of kexec's pages: it has none of those that were exchanged");
	return 0;
}

int exchanges_find(struct pages *p, uint64_t entry, char *why)
{
	const struct image_tail *tail = p->img->tail.tail;
	struct list l = { .p = p, .room = tail->swapped_pages };

	/* Each entry stands in a page that the image has. */
	if (l.room > tail->saved_pages * ENTRIES)
		l.room = tail->saved_pages * ENTRIES;
	l.steps = 4 * l.room + ENTRIES;
	l.pairs = calloc(l.room ? l.room : 1, sizeof *l.pairs);
	if (!l.pairs)
		return refuse(why, "list of kexec's pages: no memory for %zu entries", l.room);
	if (walk(&l, entry, why) < 0 || sort(&l, why) < 0) {
		free(l.pairs);
		return -1;
	}
	p->exchanges = l.pairs;
	p->nexchanges = l.n;
	return 0;
}
