// SPDX-License-Identifier: GPL-2.0-only
/* chunk-buffers.c - see what memory allows, allocate buffers and scratch memory for chunks */
#include "../image/codec.h"
#include "../image/format.h"
#include "io.h"
#include "machine.h"
#include "workers.h"

#define RESERVE_KIB	(10u * 1024)	/* for page tables, the kernel, and what stays free */
#define LEAST_KIB	(2u * 1024)	/* the same, for one worker and no more */
#define BUDGET_KIB	(32u * 1024)	/* more brings nothing */
#define LEAST_BUFFERS	2

/* What a worker takes with this many buffers. */
static size_t worker_bytes(uint32_t codec, size_t work, int buffers)
{
	return work + (codec == CODEC_NONE ? 0 : IMAGE_CHUNK_DATA) +
	       (size_t)buffers * IMAGE_CHUNK_BYTES;
}

static size_t all_bytes(const struct chunk_buffers *b)
{
	return (size_t)b->workers * b->each * IMAGE_CHUNK_BYTES;
}

int chunk_buffers_begin(struct chunk_buffers *b, uint32_t codec, size_t work, uint64_t besides)
{
	uint64_t kib = memfree_kib(), keep = RESERVE_KIB + besides / 1024, room;

	kib = kib > keep ? kib - keep : 0;
	room = (kib < BUDGET_KIB ? kib : BUDGET_KIB) * 1024;
	*b = (struct chunk_buffers){ codec, work, workers_cpus(), CHUNK_BUFFERS, NULL };
	while (b->workers > 1 && room / b->workers < worker_bytes(codec, work, LEAST_BUFFERS))
		b->workers--;
	while (b->each > LEAST_BUFFERS && room / b->workers < worker_bytes(codec, work, b->each))
		b->each--;
	b->bytes = alloc_shared(all_bytes(b));
	return b->bytes ? 0 : -1;
}

void chunk_buffers_end(struct chunk_buffers *b)
{
	free_pages(b->bytes, all_bytes(b));
}

uint8_t *chunk_buffer(const struct chunk_buffers *b, uint32_t n)
{
	return b->bytes + (size_t)n * IMAGE_CHUNK_BYTES;
}

uint64_t chunk_buffers_least_kib(uint32_t codec, size_t work)
{
	return LEAST_KIB + worker_bytes(codec, work, LEAST_BUFFERS) / 1024;
}

int chunk_scratch_begin(struct chunk_scratch *s, const struct chunk_buffers *b)
{
	*s = (struct chunk_scratch){ .work_bytes = b->work };
	if (b->codec == CODEC_NONE)
		return 0;
	s->pages = alloc_pages(IMAGE_CHUNK_DATA);
	if (b->work)
		s->work = alloc_pages(b->work);
	return s->pages && (s->work || !b->work) ? 0 : -1;
}

void chunk_scratch_end(struct chunk_scratch *s)
{
	free_pages(s->pages, IMAGE_CHUNK_DATA);
	free_pages(s->work, s->work_bytes);
}
