/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec-list.h - the pages that the jump to B exchanged (the kernel's struct kimage)
 *
 * For each page of window and low memory, the destinations, A allocated a
 * source page.  Since the jump it holds what was in its destination; if that
 * was free in A, nobody misses what the source page holds.
 */
#ifndef LINUX_KEXEC_LIST_H
#define LINUX_KEXEC_LIST_H

#include "amem.h"
#include "freemap.h"
#include "vmcoreinfo.h"

/*
 * Mark in the map the source pages of free destinations; all destinations lie
 * in the ranges swapped[n].  entry: where A is entered, 0 if that is not known.  seen is an empty map of the same RAM.  Returns how
 * many were marked, or -1 with why[WHY_SIZE] and the map is as it was.
 */
int64_t exchange_mark(struct amem *mem, const struct vmcoreinfo *info, uint64_t entry,
		      struct freemap *map, struct freemap *seen,
		      const struct ram_range *swapped, size_t n, char *why);

#endif
