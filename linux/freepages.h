/* SPDX-License-Identifier: GPL-2.0-only */
/* freepages.h - find what need not be saved: design.md, invariant M3 and section 2.1 */
#ifndef LINUX_FREEPAGES_H
#define LINUX_FREEPAGES_H

#include "../image/pagebits.h"
#include "../image/refuse.h"
#include "amem.h"

struct freepages {
	struct pagebits map;	/* outside of what the jump exchanged */
	struct {
		uint64_t free;		/* pages of A in free blocks, anywhere */
		uint64_t unreadable;	/* pages whose memory is broken, or that A gave away */
	} found;
	uint64_t counted;	/* what A's own counters say of its free pages */
	uint64_t sources;	/* source pages whose destination was free */
	uint64_t moved;		/* times that what the search wanted lay in an exchanged page */
	char no_sources[WHY_SIZE];	/* why none is known, or "" */
};

/*
 * Find them: ram[nram] is A's RAM, for which free->map has been started; notes[len] are
 * those of the core; x has room for its pairs and gets them.  -1 on any doubt: then all
 * pages have to be saved.
 */
int freepages_search(struct freepages *free, struct amem *mem, struct exchanged *x,
		     const void *notes, size_t len, const struct ram_range *ram, size_t nram,
		     char *why);

#endif
