// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - walk through two images in the order of their pages */
#include <string.h>
#include <unistd.h>

#include "../base/progress.h"
#include "compare.h"

/* Where the walk through one image is. */
struct side {
	struct pages *p;
	const struct page_run *run, *end;	/* run: the first that does not end before the page */
	unsigned int class;			/* of the page; NO_RAM: it lies before run */
};

static struct side side_start(struct pages *p)
{
	return (struct side){ .p = p, .run = p->runs, .end = p->runs + p->nruns };
}

/*
 * Go to this page, not before the last one.  Returns how many pages from there on are of
 * one class; UINT64_MAX: all.
 */
static uint64_t go_to(struct side *s, uint64_t pfn)
{
	while (s->run < s->end && run_end(s->run) <= pfn)
		s->run++;
	s->class = NO_RAM;
	if (s->run == s->end)
		return UINT64_MAX;
	if (s->run->pfn > pfn)
		return s->run->pfn - pfn;
	s->class = s->run->class;
	return run_end(s->run) - pfn;
}

/* 1 if the pages, which both images have, are equal, 0 if not, -1 and said. */
static int same(const struct side *a, const struct side *b, uint64_t pfn)
{
	const uint8_t *x = pages_read(a->p, a->run, pfn);
	const uint8_t *y = x ? pages_read(b->p, b->run, pfn) : NULL;

	return y ? !memcmp(x, y, IMAGE_BLOCK) : -1;
}

static int keep_range(struct comparison *c, uint64_t pfn)
{
	bool first = !c->nranges || c->end != pfn;
	struct page_range *ranges;

	c->end = pfn + 1;
	c->nranges += first;
	if (c->nranges > c->limit)
		return 0;
	if (first) {
		ranges = grow(c->ranges, c->kept, sizeof *ranges, "ranges that differ");
		if (!ranges)
			return -1;
		c->ranges = ranges;
		c->ranges[c->kept++] = (struct page_range){ .pfn = pfn };
	}
	c->ranges[c->kept - 1].count++;
	return 0;
}

static void count(struct comparison *c, enum outcome o, const struct side *a,
		  const struct side *b, uint64_t n)
{
	c->sum[o] += n;
	c->pages[o][a->class][b->class] += n;
}

/* Pages [pfn, pfn + n), of which each side says the same. */
static int compare_span(struct comparison *c, const struct side *a, const struct side *b,
			uint64_t pfn, uint64_t n)
{
	bool in_a = has_contents(a->class), in_b = has_contents(b->class);

	if (!in_a || !in_b || (a->class == PAGE_ZERO && b->class == PAGE_ZERO)) {
		count(c, in_a && in_b ? EQUAL : in_a ? ONLY_FIRST : in_b ? ONLY_SECOND : NEITHER,
		      a, b, n);
		return 0;
	}
	for (; n; n--, pfn++) {
		int equal = same(a, b, pfn);

		if (equal < 0 || (!equal && keep_range(c, pfn) < 0))
			return -1;
		count(c, equal ? EQUAL : DIFFERING, a, b, 1);
	}
	return 0;
}

int compare(struct comparison *c, struct pages *first, struct pages *second)
{
	struct side a = side_start(first), b = side_start(second);
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
