// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - walk through two images in the order of their pages */
#include <string.h>
#include <unistd.h>

#include "../base/console.h"
#include "pages.h"

/* Where the walk through one image is. */
struct side {
	struct pages *p;
	const struct page_run *run;	/* the first that does not end before the page */
	enum page_class class;		/* of the page; NO_RAM: it lies before run */
};

/*
 * Go to this page, not before the last one.  Returns how many pages from there on are of
 * one class; UINT64_MAX: all.
 */
static uint64_t go_to(struct side *s, uint64_t pfn)
{
	const struct page_run *end = s->p->runs + s->p->nruns;

	while (s->run < end && run_end(s->run) <= pfn)
		s->run++;
	s->class = NO_RAM;
	if (s->run == end)
		return UINT64_MAX;
	if (s->run->pfn > pfn)
		return s->run->pfn - pfn;
	s->class = s->run->class;
	return run_end(s->run) - pfn;
}

static int keep_range(struct comparison *c, uint64_t pfn)
{
	bool first = !c->nranges || c->end != pfn;

	c->end = pfn + 1;
	c->nranges += first;
	if (c->nranges > c->limit)
		return 0;
	if (first) {
		c->ranges = grow(c->ranges, c->kept, sizeof *c->ranges, "ranges that differ");
		if (!c->ranges)
			return -1;
		c->ranges[c->kept++] = (struct page_range){ .pfn = pfn };
	}
	c->ranges[c->kept - 1].count++;
	return 0;
}

/* Pages [pfn, pfn + n), of which each side says the same. */
static int compare_span(struct comparison *c, const struct side *a, const struct side *b,
			uint64_t pfn, uint64_t n)
{
	bool in_a = has_contents(a->class), in_b = has_contents(b->class);
	bool zero = a->class == PAGE_ZERO && b->class == PAGE_ZERO;
	enum outcome o = in_a && in_b ? EQUAL : in_a ? ONLY_FIRST :
			 in_b ? ONLY_SECOND : NEITHER;
	uint64_t differing = 0;

	for (uint64_t i = 0; o == EQUAL && !zero && i < n; i++) {
		const uint8_t *x = pages_read(a->p, a->run, pfn + i);
		const uint8_t *y = x ? pages_read(b->p, b->run, pfn + i) : NULL;
		bool equal = y && !memcmp(x, y, IMAGE_BLOCK);

		if (!y || (!equal && keep_range(c, pfn + i) < 0))
			return -1;
		differing += !equal;
	}
	c->pages[o][a->class][b->class] += n - differing;
	c->pages[DIFFERING][a->class][b->class] += differing;
	c->sum[o] += n - differing;
	c->sum[DIFFERING] += differing;
	return 0;
}

int compare(struct comparison *c, struct pages *first, struct pages *second)
{
	struct side a = { .p = first, .run = first->runs };
	struct side b = { .p = second, .run = second->runs };
	uint64_t total = first->img->tail.tail->ram_pages, pfn = 0, done = 0;
	bool show = isatty(STDERR_FILENO);
	struct progress progress;

	progress_start(&progress, "comparing", total * IMAGE_BLOCK);
	for (;;) {
		uint64_t n = go_to(&a, pfn), m = go_to(&b, pfn);

		n = n < m ? n : m;
		if (n == UINT64_MAX)
			break;
		if ((a.class != NO_RAM || b.class != NO_RAM) &&
		    compare_span(c, &a, &b, pfn, n) < 0)
			return -1;
		done += a.class != NO_RAM ? n : 0;
		pfn += n;
		if (show)
			progress_show(&progress, done * IMAGE_BLOCK);
	}
	if (show)
		progress_end(&progress, done * IMAGE_BLOCK);
	return 0;
}
