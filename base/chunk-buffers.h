/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chunk-buffers.h - the memory in which a leader and its workers pass on chunks
 *
 * Each buffer has room for a chunk's head and payload, and a number below workers * each
 * by which leader and workers name it.
 */
#ifndef BASE_CHUNK_BUFFERS_H
#define BASE_CHUNK_BUFFERS_H

#include <stddef.h>
#include <stdint.h>

#define CHUNK_BUFFERS 4		/* of each worker, if there is room */

struct chunk_buffers {
	uint32_t codec;
	size_t work;		/* bytes that the codec needs */
	int workers;
	int each;		/* buffers of each worker */
	uint8_t *bytes;		/* shared with processes that are forked later */
};

/*
 * As many workers and buffers as there is memory for.  besides: bytes that the
 * leader will use while the workers run.
 */
int chunk_buffers_begin(struct chunk_buffers *b, uint32_t codec, size_t work, uint64_t besides);
void chunk_buffers_end(struct chunk_buffers *b);

uint8_t *chunk_buffer(const struct chunk_buffers *b, uint32_t n);

/* KiB that one worker with two buffers takes, and the kernel meanwhile: the least. */
uint64_t chunk_buffers_least_kib(uint32_t codec, size_t work);

/* A worker's own; both NULL if the codec is CODEC_NONE. */
struct chunk_scratch {
	uint8_t *pages;		/* of a chunk, not packed */
	void *work;		/* the codec's, NULL if it needs none */
	size_t work_bytes;
};

int chunk_scratch_begin(struct chunk_scratch *s, const struct chunk_buffers *b);
void chunk_scratch_end(struct chunk_scratch *s);

#endif
