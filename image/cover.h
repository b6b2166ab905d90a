/* SPDX-License-Identifier: GPL-2.0-only */
/* cover.h - invariant M1 at restore: each page of the RAM map comes exactly once */
#ifndef IMAGE_COVER_H
#define IMAGE_COVER_H

#include <stddef.h>

#include "pagebits.h"

struct cover {
	struct pagebits met;
};

size_t cover_size(const struct ram_range *ram, size_t nram);	/* bytes of memory, at most */

/*
 * Only what is needed of memory[cover_size()] is ever touched, and its contents
 * do not matter.  The ranges [start, end) of bytes count as met.
 */
void cover_start(struct cover *cover, const struct ram_range *ram, size_t nram, void *memory,
		 const struct ram_range *met, size_t nmet);

/* The pages of a chunk that chunk_check() accepted.  -1 and why[WHY_SIZE] if one comes twice. */
int cover_chunk(struct cover *cover, const struct chunk_head *chunk, char *why);

/* Have all come?  0, or -1 and why[WHY_SIZE]. */
int cover_end(const struct cover *cover, char *why);

#endif
