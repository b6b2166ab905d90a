// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - walk through two images in the order of their pages */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/progress.h"
#include "../image/page.h"
#include "compare.h"

/* Where the walk through one image is. */
struct side {
	struct pages *p;
	size_t at;
	const struct page_run *run;	/* that holds the page; NULL: none does */
};

/* Go to this page, not before the last one.  Returns how many are like it; 0: all the rest. */
static uint64_t go_to(struct side *s, uint64_t pfn)
{
	const struct page_run *run;

	while (s->at < s->p->nruns && s->p->runs[s->at].pfn + s->p->runs[s->at].count <= pfn)
		s->at++;
	s->run = NULL;
	if (s->at == s->p->nruns)
		return 0;
	run = &s->p->runs[s->at];
	if (run->pfn > pfn)
		return run->pfn - pfn;
	s->run = run;
	return run->pfn + run->count - pfn;
}

static unsigned int class_of(const struct side *s)
{
	return s->run ? s->run->class : NO_RAM;
}

static bool has_contents(const struct side *s)
{
	return s->run && (s->run->class == PAGE_SAVED || s->run->class == PAGE_ZERO);
}

/* 1 if the pages are equal, 0 if not, -1 and said. */
static int same(const struct side *a, const struct side *b, uint64_t pfn)
{
	const uint8_t *x = NULL, *y = NULL;

	if (a->run->class == PAGE_SAVED && !(x = pages_read(a->p, a->run, pfn - a->run->pfn)))
		return -1;
	if (b->run->class == PAGE_SAVED && !(y = pages_read(b->p, b->run, pfn - b->run->pfn)))
		return -1;
	if (x && y)
		return !memcmp(x, y, IMAGE_BLOCK);
	return x ? page_is_zero(x) : y ? page_is_zero(y) : 1;
}

static int keep_range(struct comparison *c, uint64_t pfn)
{
	bool more = c->nranges && c->end == pfn;

	c->end = pfn + 1;
	if (more) {
		if (c->kept == c->nranges)
			c->ranges[c->kept - 1].count++;
		return 0;
	}
	c->nranges++;
	if (c->kept == c->limit)
		return 0;
	if (c->kept == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct page_range *ranges = reallocarray(c->ranges, room, sizeof *ranges);

		if (!ranges)
			return fail("list of %zu ranges:", room);
		c->ranges = ranges;
		c->room = room;
	}
	c->ranges[c->kept++] = (struct page_range){ pfn, 1 };
	return 0;
}

static void count(struct comparison *c, enum outcome o, const struct side *a,
		  const struct side *b, uint64_t n)
{
	c->sum[o] += n;
	c->pages[o][class_of(a)][class_of(b)] += n;
}

/* Pages [pfn, pfn + n), of which each side says the same. */
static int compare_span(struct comparison *c, const struct side *a, const struct side *b,
			uint64_t pfn, uint64_t n)
{
	if (!has_contents(a) || !has_contents(b)) {
		count(c, has_contents(a) ? ONLY_FIRST : has_contents(b) ? ONLY_SECOND : NEITHER,
		      a, b, n);
		return 0;
	}
	if (a->run->class == PAGE_ZERO && b->run->class == PAGE_ZERO) {
		count(c, EQUAL, a, b, n);
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
	struct side a = { .p = first }, b = { .p = second };
	uint64_t total = first->img->tail.tail->ram_pages, pfn = 0, done = 0;
	bool show = isatty(STDERR_FILENO);
	struct progress progress;

	progress_start(&progress, "comparing", total * IMAGE_BLOCK);
	for (;;) {
		uint64_t n = go_to(&a, pfn), m = go_to(&b, pfn);

		if (!n && !m)
			break;
		if (!n || (m && m < n))
			n = m;
		if ((a.run || b.run) && compare_span(c, &a, &b, pfn, n) < 0)
			return -1;
		done += a.run ? n : 0;
		pfn += n;
		if (show)
			progress_show(&progress, done * IMAGE_BLOCK);
	}
	if (show)
		progress_end(&progress, done * IMAGE_BLOCK);
	return 0;
}
