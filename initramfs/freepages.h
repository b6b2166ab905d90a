/* SPDX-License-Identifier: GPL-2.0-only */
/* freepages.h - find what need not be saved: design.md, invariant M3 */
#ifndef INITRAMFS_FREEPAGES_H
#define INITRAMFS_FREEPAGES_H

#include "../linux/amem.h"
#include "../linux/freemap.h"

struct freepages {
	struct freemap map;	/* outside of what the jump exchanges */
	uint64_t buddy;		/* pages in A's buddy lists, anywhere */
	uint64_t counted;	/* what A's own counters say of them */
	uint64_t sources;	/* source pages whose destination was free */
	size_t bits_size;
};

/*
 * Make the map: ram[nram] is A's RAM, swapped[nswapped] what the jump exchanged
 * of it, notes[len] those of the core, entry where A is entered or 0.  Never fails: on any doubt one line says
 * what is odd, and the map is empty, so that all is saved.
 */
void freepages_find(struct freepages *free, struct amem *mem, const void *notes, size_t len,
		    uint64_t entry, const struct ram_range *ram, size_t nram,
		    const struct ram_range *swapped, size_t nswapped);

/* Say why nothing is left out, and leave nothing out. */
void freepages_none(struct freepages *free, const char *why);

void freepages_end(struct freepages *free);

#endif
