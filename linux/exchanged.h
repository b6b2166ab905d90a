/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exchanged.h - which pages the jump to B exchanged, and where their contents are now
 *
 * B lives in the window and in low memory.  For each page there, a destination, the jump
 * exchanged the contents with a source page of A.  The kernel keeps both in a list (struct
 * kimage of include/linux/kexec.h), of which no page was exchanged: design.md section 2.1.
 */
#ifndef LINUX_EXCHANGED_H
#define LINUX_EXCHANGED_H

#include <stdbool.h>
#include <stddef.h>

#include "../image/format.h"

#define EXCHANGED_RANGES 2

struct amem;

/* A page of the ranges, and where its contents are; its own source had no contents of A's. */
struct exchange {
	uint64_t pfn;
	uint64_t source;
};

struct exchanged {
	struct ram_range ranges[EXCHANGED_RANGES];	/* low memory and window, in whole pages */
	uint64_t entry;		/* the physical address at which A is entered; 0: not known */
	struct exchange *pairs;	/* by pfn; the caller's, room for this many */
	size_t room;
	size_t n;		/* 0 until exchanged_find() has found them */
};

void exchanged_start(struct exchanged *x, struct ram_range low, struct ram_range window,
		     uint64_t entry);

/* How many pairs there can be: pages of this RAM in the ranges, and never more than a list has. */
size_t exchanged_most(const struct exchanged *x, const struct ram_range *ram, size_t nram);

/* Find the list in A's memory, check all of it, and keep its pairs; -1: there are none. */
int exchanged_find(struct exchanged *x, struct amem *mem, const struct ram_range *ram, size_t nram,
		   char *why);

/* Is this page in the ranges? */
bool exchanged_has(const struct exchanged *x, uint64_t pfn);

/* The pair of a page in the ranges; NULL: it is not known. */
const struct exchange *exchanged_pair(const struct exchanged *x, uint64_t pfn);

#endif
