// SPDX-License-Identifier: GPL-2.0-only
/* pack-worker.c - take pages, drop the zero ones, pack the others */
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/chunk.h"
#include "../image/page.h"
#include "pack-worker.h"

struct pack_worker {
	const struct packing *p;
	struct worker_self *self;
	struct vmcore_map map;
	struct chunk_scratch own;	/* pages: of a chunk before they are packed */
	uint8_t *buf;			/* in which the data chunk is being built; NULL: none */
	struct chunk_head data __attribute__((aligned(16)));
	struct chunk_head zero __attribute__((aligned(16)));
	uint8_t *spare[CHUNK_BUFFERS];	/* buffers that are this worker's at the moment */
	int nspare;
};

int packing_begin(struct packing *p, const struct vmcore *vm, const struct freemap *free,
		  const struct codec *codec, int level)
{
	*p = (struct packing){ .vm = vm, .free = free, .codec = codec, .level = level };
	/* Meanwhile the writer keeps an entry for each chunk. */
	if (chunk_buffers_begin(&p->buffers, codec->id, codec->work(level),
				(vm->pages - free->pages) / IMAGE_CHUNK_PAGES *
				sizeof(struct chunk_entry)) < 0)
		return -1;
	p->next = alloc_shared(sizeof *p->next);
	return p->next ? 0 : -1;
}

void packing_end(struct packing *p)
{
	chunk_buffers_end(&p->buffers);
	free_pages(p->next, sizeof *p->next);
}

/* A buffer of this worker's; waits for the writer if it has them all.  NULL: said. */
static uint8_t *take_buffer(struct pack_worker *w)
{
	uint32_t n;
	int got;

	if (w->nspare)
		return w->spare[--w->nspare];
	got = workers_await(w->self, &n);
	if (got == 0)
		fail("worker %d: the writer has gone", w->self->number);
	return got > 0 ? chunk_buffer(&w->p->buffers, n) : NULL;
}

/* The chunk with its payload, if any, goes to the writer. */
static int hand_over(struct pack_worker *w, struct chunk_head *chunk, uint8_t *buf, uint32_t codec,
		     uint32_t packed)
{
	enum chunk_kind kind = chunk->kind;

	chunk_seal_data(chunk, codec, buf + IMAGE_BLOCK, packed);
	pages_copy(buf, chunk, 1);
	chunk_start(chunk, kind);
	return workers_report(w->self, (buf - w->p->buffers.bytes) / IMAGE_CHUNK_BYTES);
}

static int put_data(struct pack_worker *w)
{
	size_t want = (size_t)w->data.npages * IMAGE_BLOCK;
	uint32_t codec = CODEC_NONE;
	ssize_t packed = want;
	uint8_t *buf = w->buf;

	if (!w->data.npages)
		return 0;
	w->buf = NULL;
	if (w->own.pages) {
		buf = take_buffer(w);
		if (!buf)
			return -1;
		/* What does not save a block is better stored. */
		packed = w->p->codec->pack(w->own.work, w->p->level, buf + IMAGE_BLOCK,
					   want - IMAGE_BLOCK, w->own.pages, want);
		if (packed >= 0) {
			codec = w->p->codec->id;
		} else {
			packed = want;
			pages_copy(buf + IMAGE_BLOCK, w->own.pages, w->data.npages);
		}
	}
	return hand_over(w, &w->data, buf, codec, packed);
}

static int put_zero(struct pack_worker *w)
{
	uint8_t *buf;

	if (!w->zero.npages)
		return 0;
	buf = take_buffer(w);
	return buf ? hand_over(w, &w->zero, buf, CODEC_NONE, 0) : -1;
}

static int add_zero(struct pack_worker *w, uint64_t pfn)
{
	if (chunk_add(&w->zero, pfn))
		return 0;
	if (put_zero(w) < 0)
		return -1;
	chunk_add(&w->zero, pfn);
	return 0;
}

static int add_data(struct pack_worker *w, uint64_t pfn, const uint8_t *page)
{
	uint8_t *pages;

	if (!chunk_add(&w->data, pfn)) {
		if (put_data(w) < 0)
			return -1;
		chunk_add(&w->data, pfn);
	}
	if (!w->own.pages && !w->buf) {
		w->buf = take_buffer(w);
		if (!w->buf)
			return -1;
	}
	pages = w->own.pages ? w->own.pages : w->buf + IMAGE_BLOCK;
	pages_copy(pages + (size_t)(w->data.npages - 1) * IMAGE_BLOCK, page, 1);
	return 0;
}

static bool all_free(const struct freemap *free, uint64_t pfn, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (!freemap_has(free, pfn + i))
			return false;
	return true;
}

static int take_extent(struct pack_worker *w, uint64_t pfn, uint64_t count)
{
	const uint8_t *p;

	if (all_free(w->p->free, pfn, count))
		return 0;
	p = vmcore_pages(&w->map, pfn, count);
	if (!p)
		return -1;
	for (; count; count--, pfn++, p += IMAGE_BLOCK) {
		if (freemap_has(w->p->free, pfn))
			continue;
		if ((page_is_zero(p) ? add_zero(w, pfn) : add_data(w, pfn, p)) < 0)
			return -1;
	}
	return 0;
}

static int pack_all(struct pack_worker *w)
{
	uint64_t pfn, count;

	while (vmcore_extent(w->p->vm, __atomic_fetch_add(w->p->next, 1, __ATOMIC_RELAXED), &pfn,
			     &count))
		if (take_extent(w, pfn, count) < 0)
			return -1;
	return put_data(w) < 0 ? -1 : put_zero(w);
}

int pack_work(void *arg, struct worker_self *self)
{
	static struct pack_worker w;
	const struct codec *codec = ((struct packing *)arg)->codec;

	w.p = arg;
	w.self = self;
	w.map.vm = w.p->vm;
	while (w.nspare < w.p->buffers.each) {
		w.spare[w.nspare] = chunk_buffer(&w.p->buffers,
						 self->number * w.p->buffers.each + w.nspare);
		w.nspare++;
	}
	if (chunk_scratch_begin(&w.own, codec->id, codec->work(w.p->level)) < 0)
		return 1;
	chunk_start(&w.data, CHUNK_DATA);
	chunk_start(&w.zero, CHUNK_ZERO);
	return pack_all(&w) < 0;
}
