// SPDX-License-Identifier: GPL-2.0-only
/* chunk-buffers.c - allocate buffers and scratch memory for chunks */
#include "../image/codec.h"
#include "../image/format.h"
#include "chunk-buffers.h"
#include "io.h"
#include "workers.h"

static size_t pages_bytes(uint32_t codec)
{
	return codec == CODEC_NONE ? 0 : IMAGE_CHUNK_DATA;
}

static size_t all_bytes(const struct chunk_buffers *b)
{
	return (size_t)b->workers * b->each * IMAGE_CHUNK_BYTES;
}

int chunk_buffers_begin(struct chunk_buffers *b, uint32_t codec, size_t work, uint64_t besides)
{
	struct workers_plan plan = workers_plan(work + pages_bytes(codec), IMAGE_CHUNK_BYTES,
						CHUNK_BUFFERS, besides);

	*b = (struct chunk_buffers){ codec, work, plan.workers, plan.buffers, NULL };
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
	return workers_least_kib(work + pages_bytes(codec), IMAGE_CHUNK_BYTES);
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
