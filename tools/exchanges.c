// SPDX-License-Identifier: GPL-2.0-only
/*
 * exchanges.c - where the pages are that the jump exchanged
 *
 * They are in the pages that kernel A had allocated as sources for its kexec
 * image.  The list of both, struct kimage of include/linux/kexec.h, has one
 * entry a page: an address and, in its low bits, what it is.
 */
#include <stdlib.h>

#include "../image/why.h"
#include "kernel.h"

typedef unsigned long long ull;

#define ENTRIES (IMAGE_BLOCK / sizeof(uint64_t))	/* in a page of the list */

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8, FLAGS = 15 };

struct list {
	const struct kernel *k;
	struct exchange *pairs;
	size_t n, room;
	uint64_t steps;		/* an entry may lead back to an earlier one: so many are enough */
};

static bool is_known(const struct pages *p, uint64_t pfn)
{
	const struct page_run *run = pages_find(p, pfn);

	return run && (run->class == PAGE_SAVED || run->class == PAGE_ZERO);
}

static int add(struct list *l, uint64_t to, uint64_t from, char *why)
{
	const struct page_run *run = pages_find(l->k->paging.p, to);

	/* A page may be its own source: then the sleeping kernel had nothing in it. */
	if (!run || run->class != PAGE_EXCHANGED || !is_known(l->k->paging.p, from))
		return 0;
	if (l->n == l->room)
		return refuse(why, "list of kexec's pages: more than the %zu pages that were exchanged", l->room);
	l->pairs[l->n++] = (struct exchange){ to, from };
	return 0;
}

static int walk(struct list *l, uint64_t at, char *why)
{
	const struct kernel *k = l->k;
	uint64_t entry, to = 0;

	while (l->steps--) {
		if (!kernel_read(k, at, &entry, sizeof entry))
			return refuse(why, "list of kexec's pages: %#llx is not in the image", (ull)at);
		at += sizeof entry;
		switch (entry & FLAGS) {
		case DESTINATION:
			to = entry / IMAGE_BLOCK;
			break;
		case INDIRECTION:
			at = k->page_offset + (entry & ~(uint64_t)(IMAGE_BLOCK - 1));
			break;
		case SOURCE:
			if (add(l, to++, entry / IMAGE_BLOCK, why) < 0)
				return -1;
			break;
		case DONE:
			return 0;
		default:
			return refuse(why, "list of kexec's pages: entry %#llx at %#llx", (ull)entry,
				      (ull)(at - sizeof entry));
		}
	}
	return refuse(why, "list of kexec's pages: it has no end");
}

static int by_pfn(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

ssize_t kernel_exchanges(const struct kernel *k, struct exchange **pairs, char *why)
{
	const struct image_tail *tail = k->paging.p->img->tail.tail;
	struct list l = { .k = k, .room = tail->swapped_pages };
	uint64_t symbol, head, image;

	*pairs = NULL;
	if (!vmcoreinfo_hex(&k->info, "SYMBOL(kexec_image)", &symbol) ||
	    !vmcoreinfo_number(&k->info, "OFFSET(kimage.head)", &head))
		return refuse(why, "VMCOREINFO of %s does not tell where the list of kexec's pages is",
			      k->paging.p->img->head.release);
	if (!kernel_read(k, symbol, &image, sizeof image) || !image)
		return refuse(why, "kexec_image at %#llx is not in the image", (ull)symbol);
	/* Each entry stands in a page that the image has. */
	if (l.room > tail->saved_pages * ENTRIES)
		l.room = tail->saved_pages * ENTRIES;
	l.steps = 4 * l.room + ENTRIES;
	*pairs = l.pairs = calloc(l.room ? l.room : 1, sizeof *l.pairs);
	if (!l.pairs)
		return refuse(why, "list of kexec's pages: no memory for %zu entries", l.room);
	if (walk(&l, image + head, why) < 0)
		return -1;
	qsort(l.pairs, l.n, sizeof *l.pairs, by_pfn);
	for (size_t i = 1; i < l.n; i++)
		if (l.pairs[i].pfn == l.pairs[i - 1].pfn)
			return refuse(why, "list of kexec's pages: page %#llx comes twice", (ull)l.pairs[i].pfn);
	return l.n;
}
