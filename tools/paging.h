/* SPDX-License-Identifier: GPL-2.0-only */
/* paging.h - the page tables of the kernel in an image (Intel SDM volume 3, chapter 4) */
#ifndef TOOLS_PAGING_H
#define TOOLS_PAGING_H

#include "pages.h"

struct paging {
	struct pages *p;
	uint64_t root;		/* physical address of the topmost table */
	unsigned int levels;	/* 4 or 5 */
};

enum walk {
	WALK_FAILED = -1,	/* and said */
	WALK_MAPPED,
	WALK_ABSENT,
	WALK_UNKNOWN,		/* a table lies in memory that is not in the image */
};

/*
 * Where is this virtual address?  *size is set to the size of the page, or of
 * the hole, as far as the entry that decided reaches.
 */
enum walk paging_walk(const struct paging *m, uint64_t va, uint64_t *pa, uint64_t *size);

/*
 * Does va map to something else than pa, or to nothing?  Tables that are not
 * in the image deny nothing: some may lie in memory that the jump exchanged.
 */
bool paging_denies(const struct paging *m, uint64_t va, uint64_t pa);

/*
 * The virtual address at which the kernel has all physical memory: with KASLR
 * it is in no symbol table, but in the page tables.  False if it was not found.
 */
bool paging_direct_map(const struct paging *m, uint64_t *page_offset);

/* Bytes from va on that map to memory from pa on, holes apart; at most limit. */
uint64_t paging_extent(const struct paging *m, uint64_t va, uint64_t pa, uint64_t limit);

#endif
