/* SPDX-License-Identifier: GPL-2.0-only */
/* chunk.h - a chunk: one block that names its pages, and a payload that holds them */
#ifndef IMAGE_CHUNK_H
#define IMAGE_CHUNK_H

#include "pagebits.h"

/* Bytes that `packed` bytes of payload take in the image: whole blocks. */
size_t chunk_payload_size(uint32_t packed);

void chunk_start(struct chunk_head *chunk, enum chunk_kind kind);

/* Add a page, or the first of [pfn, pfn + count).  Returns how many pages had room. */
bool chunk_add(struct chunk_head *chunk, uint64_t pfn);
uint64_t chunk_add_run(struct chunk_head *chunk, uint64_t pfn, uint64_t count);

/*
 * Finish a chunk but for its number, then give it that.  payload[chunk_payload_size(packed)]
 * holds the packed pages and is filled up with zeroes here; NULL if packed is 0.
 */
void chunk_seal_data(struct chunk_head *chunk, uint32_t codec, void *payload, uint32_t packed);
void chunk_number(struct chunk_head *chunk, uint64_t index);

/* Does the block hold chunk number index, with this sum, each run in a range of the RAM map? */
int chunk_check(const struct chunk_head *chunk, uint64_t index, uint64_t sum,
		const struct ram_range *ram, size_t nram, char *why);

/* The payload of a checked chunk, with its filling. */
int chunk_check_payload(const struct chunk_head *chunk, const void *payload, char *why);

/*
 * Invariant M1 at restore: each page of the RAM map comes once.  cover has, with a leaf
 * for each block, the pages that have come; those that the jump exchanges are in it from
 * the beginning.  cover_chunk() adds those of a checked chunk; have all come at the end?
 */
int cover_chunk(struct pagebits *cover, const struct chunk_head *chunk, char *why);
int cover_end(const struct pagebits *cover, char *why);

#endif
