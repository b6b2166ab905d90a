// SPDX-License-Identifier: GPL-2.0-only
/* memmap.c - draw the map of memory for a terminal */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../image/refuse.h"
#include "memmap.h"

#define MARGIN 14u		/* the address before each row */
#define ROWS 16u		/* about so many, whatever the size of the memory */
#define MIN_CELLS 16u
#define MAX_CELLS 96u
#define ROOM (ROWS * MAX_CELLS)

/*
 * How a cell is drawn: by its class, and by how many of its pages are saved.  In the order
 * of the legend.
 */
enum look { SAVED_FEW, SAVED_SOME, SAVED_MOST, SAVED_ALL, ZERO, FREE, EXCHANGED, LOOKS };

static const struct {
	const char *utf8, *ascii, *colour, *meaning;
} looks[LOOKS] = {
	[SAVED_FEW]	= { "░", ":", "\033[36m", "" },
	[SAVED_SOME]	= { "▒", "+", "\033[36m", "" },
	[SAVED_MOST]	= { "▓", "*", "\033[36m", "" },
	[SAVED_ALL]	= { "█", "#", "\033[36m", "saved   " },
	[ZERO]		= { "·", ".", "\033[33m", "zero   " },
	[FREE]		= { "╌", "-", "\033[2m", "free   " },
	[EXCHANGED]	= { "╳", "x", "\033[35m", "exchanged by the jump" },
};

struct screen screen_here(void)
{
	const char *columns = getenv("COLUMNS"), *term = getenv("TERM");
	bool tty = isatty(STDOUT_FILENO);
	struct screen s = { .columns = 80 };
	struct winsize size;

	if (tty && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		s.columns = size.ws_col;
	if (columns && atoi(columns) > 0)
		s.columns = atoi(columns);
	setlocale(LC_CTYPE, "");
	s.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	s.colour = tty && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
	return s;
}

uint64_t memmap_deal(const struct page_run *runs, size_t nruns, struct cell *cells, size_t n)
{
	uint64_t pages = 0, share, at = 0;

	for (size_t i = 0; i < nruns; i++)
		pages += runs[i].count;
	share = (pages + n - 1) / n;
	memset(cells, 0, n * sizeof *cells);
	for (size_t i = 0; i < nruns; i++) {
		uint64_t left = runs[i].count;

		while (left) {
			uint64_t room = share - at % share, take = left < room ? left : room;
			struct cell *cell = &cells[at / share];

			if (room == share)
				cell->pfn = run_end(&runs[i]) - left;
			cell->pages[runs[i].class] += take;
			at += take;
			left -= take;
		}
	}
	return share;
}

/*
 * What is exchanged is there as a whole or hardly at all.  Of the rest, the
 * saved pages are what a person looks for, so an eighth of them shows.
 */
static enum look cell_look(const struct cell *c)
{
	const uint64_t *n = c->pages;
	uint64_t all = n[PAGE_SAVED] + n[PAGE_ZERO] + n[PAGE_FREE], eighths;

	if (n[PAGE_EXCHANGED] > all)
		return EXCHANGED;
	/* All is not 0: each cell that is drawn has a page. */
	eighths = n[PAGE_SAVED] * 8 / all;
	if (eighths)
		return SAVED_FEW + (eighths - 1) / 2;
	return n[PAGE_ZERO] > n[PAGE_FREE] ? ZERO : FREE;
}

static void draw(FILE *out, const struct screen *s, enum look look, enum look *before)
{
	if (s->colour && (*before == LOOKS || strcmp(looks[look].colour, looks[*before].colour)))
		fprintf(out, "\033[0m%s", looks[look].colour);
	fputs(s->utf8 ? looks[look].utf8 : looks[look].ascii, out);
	*before = look;
}

static void plain(FILE *out, const struct screen *s, enum look *before)
{
	if (s->colour)
		fputs("\033[0m", out);
	*before = LOOKS;
}

static void legend(FILE *out, const struct screen *s, uint64_t share)
{
	enum look before = LOOKS;

	fprintf(out, "\n%*s", MARGIN, "");
	for (enum look look = 0; look < LOOKS; look++) {
		draw(out, s, look, &before);
		if (!*looks[look].meaning)
			continue;
		plain(out, s, &before);
		fprintf(out, " %s", looks[look].meaning);
	}
	fprintf(out, "\n%*sone cell: %llu KiB of RAM\n", MARGIN, "",
		(ull)share * (IMAGE_BLOCK / 1024));
}

void memmap_draw(const struct page_run *runs, size_t nruns, const struct screen *s, FILE *out)
{
	static struct cell cells[ROOM];
	unsigned int columns = MAX_CELLS;
	enum look before = LOOKS;
	uint64_t share, pages = 0;

	for (size_t i = 0; i < nruns; i++)
		pages += runs[i].count;
	if (!pages)
		return;
	/* A multiple of 16 cells, so that rows begin at round addresses where they can. */
	while (columns > MIN_CELLS && columns + MARGIN > s->columns)
		columns -= 16;
	share = memmap_deal(runs, nruns, cells, (size_t)columns * ROWS);
	for (unsigned int i = 0; i < columns * ROWS && i * share < pages; i++) {
		if (i % columns == 0) {
			if (i)
				plain(out, s, &before);
			fprintf(out, "%s%12llx  ", i ? "\n" : "",
				(ull)cells[i].pfn * IMAGE_BLOCK);
		}
		draw(out, s, cell_look(&cells[i]), &before);
	}
	plain(out, s, &before);
	legend(out, s, share);
}
