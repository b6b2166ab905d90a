// SPDX-License-Identifier: GPL-2.0-only
/* unpack-worker.c - check and unpack chunks, and do with their pages what they are for */
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/chunk.h"
#include "../image/codec.h"
#include "../image/page.h"
#include "unpack-worker.h"

struct unpack_worker {
	const struct unpacking *u;
	struct oldmem mem;	/* with a mapping of its own */
	struct chunk_scratch own;	/* pages: of a chunk, unpacked */
};

/*
 * Fresh memory is often zero already.  Reading is cheaper than writing, above all
 * in a virtual machine.
 */
static void clear(uint8_t *pages, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (!page_is_zero(pages + i * IMAGE_BLOCK))
			pages_fill(pages + i * IMAGE_BLOCK, 1, 0);
}

/* Pages [pfn, pfn + n), of a chunk of this kind; data: what they are to be if it is CHUNK_DATA. */
static int use_pages(const struct unpack_worker *w, uint32_t kind, uint64_t pfn, uint8_t *pages,
		     uint64_t n, const uint8_t *data)
{
	if (w->u->purpose == UNPACK_RESTORE) {
		if (kind == CHUNK_DATA)
			pages_copy(pages, data, n);
		else if (kind == CHUNK_FREE && w->u->img->head.free_fill == FREE_POISON)
			pages_fill(pages, n, IMAGE_POISON);
		else
			clear(pages, n);
		return 0;
	}
	for (uint64_t i = 0; i < n; i++) {
		const uint8_t *page = pages + i * IMAGE_BLOCK;
		bool same = kind == CHUNK_DATA ? page_equal(page, data + i * IMAGE_BLOCK) :
			    page_is_zero(page);

		if (!same)
			return fail("%s: pfn %#llx on it differs from the page in memory",
				    w->u->img->target.name, (ull)(pfn + i));
	}
	return 0;
}

static int use_chunk(struct unpack_worker *w, const struct chunk_head *chunk, const uint8_t *data)
{
	/* Only a kernel that clears or poisons what it frees relies on what free pages hold. */
	if (chunk->kind == CHUNK_FREE &&
	    (w->u->purpose != UNPACK_RESTORE || w->u->img->head.free_fill == FREE_LEAVE))
		return 0;
	for (size_t i = 0; i < chunk->nruns; i++) {
		uint64_t pfn = chunk->runs[i].pfn, left = chunk->runs[i].count;

		while (left) {
			uint64_t n = left;
			uint8_t *pages = oldmem_pages(&w->mem, pfn, &n);

			if (!pages || use_pages(w, chunk->kind, pfn, pages, n, data) < 0)
				return 1;
			if (chunk->kind == CHUNK_DATA)
				data += n * IMAGE_BLOCK;
			pfn += n;
			left -= n;
		}
	}
	return 0;
}

/* The place of a chunk's pages in memory, if it can be unpacked there at once. */
static uint8_t *straight(struct unpack_worker *w, const struct chunk_head *chunk)
{
	if (w->u->purpose != UNPACK_RESTORE || chunk->kind != CHUNK_DATA || chunk->nruns != 1 ||
	    chunk->codec == CODEC_NONE)
		return NULL;
	return oldmem_run(&w->mem, chunk->runs[0].pfn, chunk->npages);
}

static int do_chunk(struct unpack_worker *w, const struct chunk_head *chunk)
{
	const uint8_t *data = (const uint8_t *)chunk + IMAGE_BLOCK;
	uint8_t *there = NULL;
	char why[WHY_SIZE];
	int ret = chunk_check_payload(chunk, data, why);

	if (!ret) {
		there = straight(w, chunk);
		ret = image_unpack(chunk, &data, there ? there : w->own.pages, w->own.work, why);
	}
	if (ret < 0) {
		fail("%s: %s", w->u->img->target.name, why);
		return UNPACK_DAMAGED;
	}
	if (w->u->purpose == UNPACK_CHECK || there)
		return 0;
	return use_chunk(w, chunk, data);
}

static int unpack_all(struct unpack_worker *w, struct worker_self *self)
{
	uint32_t n;
	int ret;

	while ((ret = workers_await(self, &n)) > 0) {
		ret = do_chunk(w, (struct chunk_head *)chunk_buffer(&w->u->buffers, n));
		if (ret)
			return ret;
		if (workers_report(self, n) < 0)
			return 1;
	}
	return ret < 0;
}

int unpack_work(void *arg, struct worker_self *self)
{
	struct unpack_worker w = { .u = arg };
	int ret = 1;

	if (w.u->mem)
		w.mem = *w.u->mem;
	if (chunk_scratch_begin(&w.own, &w.u->buffers) == 0)
		ret = unpack_all(&w, self);
	chunk_scratch_end(&w.own);
	return ret;
}
