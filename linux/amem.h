/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * amem.h - A's memory by physical and by A's virtual addresses
 *
 * Whoever has A's memory (/proc/vmcore, an image) gives two functions that read it.
 * All functions here read in its source page what the jump exchanged.
 */
#ifndef LINUX_AMEM_H
#define LINUX_AMEM_H

#include <stddef.h>

#include "exchanged.h"

#define AMEM_LEVELS 5

/* __START_KERNEL_map: here A has its own image, in one piece of physical memory. */
#define AMEM_KERNEL		0xffffffff80000000ull
#define AMEM_KERNEL_BYTES	(1ull << 30)

struct amem {
	/* Copy len bytes at a physical address that was not exchanged, all on one page. */
	int (*read)(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why);
	/* See [phys, phys + len) in place, whole pages that were not; valid until the next call. */
	const void *(*map)(struct amem *mem, uint64_t phys, size_t len, char *why);
	void *context;
	const struct exchanged *exchanged;	/* NULL: nothing is */
	uint64_t moved;		/* times that a page was read or seen in its source */

	/* A's page tables, set by amem_start() */
	uint64_t top;		/* physical address of the first */
	uint64_t phys_base;	/* physical address of AMEM_KERNEL */
	int levels;		/* 4 or 5 */
	uint64_t sme_mask;	/* the bit that says "encrypted"; no part of an address */
	uint64_t cached[AMEM_LEVELS];
	uint64_t table[AMEM_LEVELS][IMAGE_BLOCK / 8];
};

/* top is A's virtual address of its first page table, in its image. */
void amem_start(struct amem *mem, uint64_t top, uint64_t phys_base, int levels, uint64_t sme_mask);

/* Copy from a physical address, all on one page. */
int amem_read_phys(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why);

/*
 * The physical address of a virtual one, before the jump.  *left: bytes from there to the end
 * of what the entry that decided, or the table that cannot be read, is for.
 */
enum amem_walk { AMEM_MAPPED = 0, AMEM_ABSENT = -1, AMEM_UNKNOWN = -2 };	/* -1: refuse() */
enum amem_walk amem_walk(struct amem *mem, uint64_t virt, uint64_t *phys, uint64_t *left,
			 char *why);

/* Copy from virtual addresses; those of A's image need no page tables (design.md 2.1). */
int amem_read(struct amem *mem, uint64_t virt, void *buf, size_t len, char *why);

/* See *len bytes in place, or as many as lie in one piece; valid until the next call. */
const void *amem_map(struct amem *mem, uint64_t virt, uint64_t *len, char *why);

#endif
