/* SPDX-License-Identifier: GPL-2.0-only */
/* compare.h - the memory in two images, page by page */
#ifndef TOOLS_COMPARE_H
#define TOOLS_COMPARE_H

#include "pages.h"

/* What two images say of a page together; a saved or zero page is one that an image has. */
enum outcome { EQUAL, DIFFERING, ONLY_FIRST, ONLY_SECOND, NEITHER, OUTCOMES };

#define NO_RAM PAGE_CLASSES	/* one more class: not in the RAM map */

struct page_range {
	uint64_t pfn;
	uint64_t count;
};

struct comparison {
	uint64_t sum[OUTCOMES];
	uint64_t pages[OUTCOMES][NO_RAM + 1][NO_RAM + 1];	/* by the class in each */
	/* Those that differ, the first `kept` of `nranges`. */
	struct page_range *ranges;
	size_t kept, nranges;
	size_t limit;		/* to be set before: keep no more */
	uint64_t end;		/* of the last one, kept or not */
};

/* 0, or -1 and said.  ranges is to be freed in any case. */
int compare(struct comparison *c, struct pages *first, struct pages *second);

#endif
