/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * amem.h - A's memory by physical and by A's virtual addresses
 *
 * The unit tests have a memory of their own, hence the two pointers.  A
 * function that fails returns -1, or NULL, with the reason in why[WHY_SIZE].
 */
#ifndef LINUX_AMEM_H
#define LINUX_AMEM_H

#include <stddef.h>

#include "../image/format.h"

#define AMEM_LEVELS 5

/* __START_KERNEL_map: here A has its own image, in one piece of physical memory. */
#define AMEM_KERNEL		0xffffffff80000000ull
#define AMEM_KERNEL_BYTES	(1ull << 30)

struct amem {
	/* Copy len bytes at a physical address, all on one page. */
	int (*read)(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why);
	/* See [phys, phys + len) in place, whole pages; valid until the next call. */
	const void *(*map)(struct amem *mem, uint64_t phys, size_t len, char *why);
	void *context;

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

/*
 * The physical address of a virtual one; *left is set to how many bytes from
 * there on lie behind it without a gap, to the end of a page of whatever size.
 */
int amem_walk(struct amem *mem, uint64_t virt, uint64_t *phys, uint64_t *left, char *why);

/*
 * Copy from virtual addresses.  Those of A's image are found without page tables:
 * the kernel splits large pages there after boot, and the tables that it needs
 * for that may lie anywhere, also in the window.
 */
int amem_read(struct amem *mem, uint64_t virt, void *buf, size_t len, char *why);

#endif
