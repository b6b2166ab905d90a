/* SPDX-License-Identifier: GPL-2.0-only */
/* tail.h - what stands after the chunks: where they are, the RAM map, guards, counts, the log */
#ifndef IMAGE_TAIL_H
#define IMAGE_TAIL_H

#include "format.h"

/* The parts of a tail in a buffer, after tail_check() or tail_make(). */
struct tail_view {
	struct image_tail *tail;
	struct chunk_entry *chunks;
	struct ram_range *ram;
	struct image_guard *guards;
	char *log;		/* tail->log_bytes, not ended by NUL */
};

/* Bytes of a tail with so much in it; the counts are within the limits of format.h. */
uint64_t tail_size(uint32_t nchunks, uint32_t nram, uint32_t nguards, uint32_t log_bytes);

/* Lay out an empty tail in buf[tail_size()]; the caller fills parts and page counts. */
struct tail_view tail_make(void *buf, uint32_t nchunks, uint32_t nram, uint32_t nguards,
			   uint32_t log_bytes);

/* Invariant M1: do the four classes add up to the RAM map? */
int tail_check_counts(const struct image_tail *tail, char *why);

/* Check the tail that the checked head points to, buf[head->tail_length], and find its parts. */
int tail_check(void *buf, const struct image_head *head, struct tail_view *view, char *why);

#endif
