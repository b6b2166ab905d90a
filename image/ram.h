/* SPDX-License-Identifier: GPL-2.0-only */
/* ram.h - lists of physical ranges, sorted and apart from each other */
#ifndef IMAGE_RAM_H
#define IMAGE_RAM_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"

/*
 * Sort n ranges and join those that touch.  Returns the number left, or -1 if one is empty
 * or two overlap.
 */
int ram_normalize(struct ram_range *ranges, size_t n, char *why);

/* First whole page of a range, and the one behind its last; equal if it has none. */
uint64_t ram_first_pfn(const struct ram_range *r);
uint64_t ram_end_pfn(const struct ram_range *r);

uint64_t ram_bytes(const struct ram_range *ranges, size_t n);
uint64_t ram_pages(const struct ram_range *ranges, size_t n);	/* whole pages only */
uint64_t ram_digest(const struct ram_range *ranges, size_t n);

/* Do pages [pfn, pfn + count) lie in one range of the list?  False for count 0. */
bool ram_holds(const struct ram_range *ranges, size_t n, uint64_t pfn, uint64_t count);

/* Take cut out of n ranges, which may become n + 1.  Returns their number. */
size_t ram_cut(struct ram_range *ranges, size_t n, struct ram_range cut);

#endif
