// SPDX-License-Identifier: GPL-2.0-only
/*
 * pack.c - workers make chunks of A's memory, their leader writes them
 *
 * The workers take extents of A's memory in turn, leave out what is free, and
 * pack the rest into shared buffers.  A number that the leader tells a worker is
 * that of a buffer which the worker may fill; it comes back when a chunk is in
 * it, finished but for the chunk's own number.  A worker ends when all extents
 * are taken.
 */
#include "../base/abandon.h"
#include "../base/chunk-buffers.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/progress.h"
#include "../base/workers.h"
#include "../image/chunk.h"
#include "../image/page.h"
#include "pack.h"

/* What leader and workers share. */
struct packing {
	const struct vmcore *vm;
	const struct pagebits *free;
	const struct codec *codec;
	int level;
	struct chunk_buffers buffers;
	uint64_t *next;		/* the extent that is to be taken next */
};

struct pack_worker {
	const struct packing *p;
	struct worker_self *self;
	struct vmcore_map map;
	struct chunk_scratch own;	/* pages: of a chunk before they are packed */
	uint8_t *buf;			/* in which the data chunk is being built; NULL: none */
	struct chunk_head data __attribute__((aligned(16)));
	struct chunk_head zero __attribute__((aligned(16)));
};

/* A buffer to fill; waits for the leader if it has them all.  NULL: said. */
static uint8_t *take_buffer(struct pack_worker *w)
{
	uint32_t n;
	int got = workers_await(w->self, &n);

	if (got == 0)
		fail("worker %d: the writer has gone", w->self->number);
	return got > 0 ? chunk_buffer(&w->p->buffers, n) : NULL;
}

/* The chunk with its payload, if any, goes to the leader. */
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

/* Add a page to a chunk; a full one is put first. */
static int add(struct pack_worker *w, struct chunk_head *chunk, int (*put)(struct pack_worker *w),
	       uint64_t pfn)
{
	if (chunk_add(chunk, pfn))
		return 0;
	if (put(w) < 0)
		return -1;
	chunk_add(chunk, pfn);
	return 0;
}

static int add_data(struct pack_worker *w, uint64_t pfn, const uint8_t *page)
{
	uint8_t *pages = w->own.pages;

	if (add(w, &w->data, put_data, pfn) < 0)
		return -1;
	if (!pages) {
		if (!w->buf)
			w->buf = take_buffer(w);
		if (!w->buf)
			return -1;
		pages = w->buf + IMAGE_BLOCK;
	}
	pages_copy(pages + (size_t)(w->data.npages - 1) * IMAGE_BLOCK, page, 1);
	return 0;
}

static bool all_free(const struct pagebits *free, uint64_t pfn, uint64_t count)
{
	while (count && pagebits_has(free, pfn)) {
		pfn++;
		count--;
	}
	return !count;
}

static int take_extent(struct pack_worker *w, uint64_t pfn, uint64_t count)
{
	const uint8_t *p;
	int ret = 0;

	if (all_free(w->p->free, pfn, count))
		return 0;
	p = vmcore_pages(&w->map, pfn, count);
	if (!p)
		return -1;
	for (; count && !ret; count--, pfn++, p += IMAGE_BLOCK) {
		if (pagebits_has(w->p->free, pfn))
			continue;
		if (page_is_zero(p))
			ret = add(w, &w->zero, put_zero, pfn);
		else
			ret = add_data(w, pfn, p);
	}
	return ret;
}

static int pack_work(void *arg, struct worker_self *self)
{
	static struct pack_worker w;
	uint64_t pfn, count;

	w.p = arg;
	w.self = self;
	w.map.vm = w.p->vm;
	if (chunk_scratch_begin(&w.own, &w.p->buffers) < 0)
		return 1;
	chunk_start(&w.data, CHUNK_DATA);
	chunk_start(&w.zero, CHUNK_ZERO);
	while (vmcore_extent(w.p->vm, __atomic_fetch_add(w.p->next, 1, __ATOMIC_RELAXED), &pfn,
			     &count))
		if (take_extent(&w, pfn, count) < 0)
			return 1;
	return put_data(&w) < 0 || put_zero(&w) < 0;
}

/* Buffer n may be filled by the worker that it belongs to. */
static int give(struct workers *workers, const struct packing *p, uint32_t n)
{
	return workers_tell(workers, n / p->buffers.each, n);
}

/* Write the chunks that are ready, and give their buffers back. */
static int put_ready(struct writer *w, struct workers *workers, const struct packing *p,
		     const uint32_t *ready, int n)
{
	struct chunk_head *chunks[WRITER_BATCH];

	for (int i = 0; i < n; i++)
		chunks[i] = (struct chunk_head *)chunk_buffer(&p->buffers, ready[i]);
	if (writer_put(w, chunks, n) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (give(workers, p, ready[i]) < 0)
			return -1;
	return 0;
}

static uint64_t bytes_done(const struct writer *w)
{
	return (w->pages[CHUNK_DATA] + w->pages[CHUNK_ZERO]) * IMAGE_BLOCK;
}

/* While the workers pack, write what they have packed: all that is ready at once. */
static int write_packed(struct writer *w, struct workers *workers, const struct packing *p,
			struct progress *progress)
{
	uint32_t ready[WRITER_BATCH];
	enum worker_news news;
	int who, n = 0;

	for (int i = 0; i < workers->n * p->buffers.each; i++)
		if (give(workers, p, i) < 0)
			return -1;
	for (;;) {
		news = workers_hear(workers, n == 0, &who, &ready[n]);
		if (news == WORKER_FAILED)
			return -1;
		if (news == WORKER_NUMBER && ++n < WRITER_BATCH)
			continue;
		if (n && put_ready(w, workers, p, ready, n) < 0)
			return -1;
		n = 0;
		progress_show(progress, bytes_done(w));
		if (abandoned())
			return -1;
		if (news == WORKER_ENDED)
			return 0;
	}
}

/*
 * C's workers clear or poison these pages if A expects that, each a chunk at a
 * time: then none may be so large that one worker still works when all others
 * are done.
 */
static int put_free(struct writer *w, const struct pagebits *free)
{
	const uint32_t most = w->head.free_fill == FREE_LEAVE ? UINT32_MAX : PACK_FILLED_PAGES;
	struct chunk_head *chunk = alloc_pages(sizeof *chunk);
	uint64_t pfn = 0, count;
	int ret = -1;

	if (!chunk)
		return -1;
	chunk_start(chunk, CHUNK_FREE);
	while (pagebits_next(free, &pfn, &count)) {
		uint32_t room = most - chunk->npages;
		uint64_t taken = chunk_add_run(chunk, pfn, count < room ? count : room);

		pfn += taken;
		if (taken == count)
			continue;
		chunk_seal_data(chunk, CODEC_NONE, NULL, 0);
		if (writer_put(w, &chunk, 1) < 0)
			goto out;
		chunk_start(chunk, CHUNK_FREE);
	}
	chunk_seal_data(chunk, CODEC_NONE, NULL, 0);
	ret = chunk->npages ? writer_put(w, &chunk, 1) : 0;
out:
	free_pages(chunk, sizeof *chunk);
	return ret;
}

static int pack(struct writer *w, struct packing *p)
{
	struct progress progress;
	struct workers workers;
	int ret;

	if (put_free(w, p->free) < 0)
		return -1;
	progress_start(&progress, "saving", (p->vm->pages - p->free->set) * IMAGE_BLOCK);
	progress.hint = "Esc: go back";
	if (workers_start(&workers, p->buffers.workers, pack_work, p) < 0)
		return -1;
	ret = write_packed(w, &workers, p, &progress);
	workers_end(&workers);
	if (!ret)
		progress_end(&progress, bytes_done(w));
	return ret;
}

int pack_memory(struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		const struct codec *codec, int level)
{
	struct packing p = { .vm = vm, .free = free, .codec = codec, .level = level };
	uint64_t chunks = (vm->pages - free->set) / IMAGE_CHUNK_PAGES;
	int ret = -1;

	/* Meanwhile the writer keeps an entry for each chunk. */
	if (chunk_buffers_begin(&p.buffers, codec->id, codec->work(level),
				chunks * sizeof(struct chunk_entry)) == 0)
		p.next = alloc_shared(sizeof *p.next);
	if (p.next)
		ret = pack(w, &p);
	free_pages(p.next, sizeof *p.next);
	chunk_buffers_end(&p.buffers);
	return ret;
}
