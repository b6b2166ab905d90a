/* SPDX-License-Identifier: GPL-2.0-only */
/* memmap.h - a drawn map of memory: each cell an equal share of the RAM, by what became of it */
#ifndef TOOLS_MEMMAP_H
#define TOOLS_MEMMAP_H

#include <stdbool.h>
#include <stdio.h>

#include "pages.h"

struct screen {
	unsigned int columns;
	bool utf8;
	bool colour;
};

/* That of standard output: COLUMNS, or the terminal's width, or 80. */
struct screen screen_here(void);

struct cell {
	uint64_t pfn;		/* of its first page */
	uint64_t pages[PAGE_CLASSES];
};

/*
 * Deal the runs, in their order, to n cells of an equal share each; the last
 * may get less.  Returns the pages of a cell.
 */
uint64_t memmap_deal(const struct page_run *runs, size_t nruns, struct cell *cells, size_t n);

void memmap_draw(const struct page_run *runs, size_t nruns, const struct screen *screen, FILE *out);

#endif
