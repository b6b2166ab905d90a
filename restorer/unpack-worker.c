// SPDX-License-Identifier: GPL-2.0-only
/* unpack-worker.c - check and unpack chunks, and do with their pages what they are for */
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/chunk.h"
#include "../image/codec.h"
#include "../image/page.h"
#include "../image/refuse.h"
#include "unpack-worker.h"

struct unpack_worker {
	const struct unpacking *u;
	struct oldmem mem;	/* with a mapping of its own */
	uint8_t *room;		/* pages of a chunk, unpacked */
	void *work;		/* the codec's */
};

static size_t room_bytes(const struct image *img)
{
	return img->head.codec == CODEC_NONE ? 0 : (size_t)IMAGE_CHUNK_PAGES * IMAGE_BLOCK;
}

int unpacking_begin(struct unpacking *u, const struct image *img, enum unpack_purpose purpose,
		    const struct oldmem *mem)
{
	*u = (struct unpacking){ .img = img, .purpose = purpose, .mem = mem };
	u->plan = workers_plan(codec_unpack_work(img->head.codec) + room_bytes(img), CHUNK_BYTES, UNPACK_BUFFERS);
	u->buffers = alloc_shared((size_t)u->plan.workers * u->plan.buffers * CHUNK_BYTES);
	return u->buffers ? 0 : -1;
}

void unpacking_end(struct unpacking *u)
{
	free_pages(u->buffers, (size_t)u->plan.workers * u->plan.buffers * CHUNK_BYTES);
}

uint8_t *unpacking_buffer(const struct unpacking *u, uint32_t n)
{
	return u->buffers + (size_t)n * CHUNK_BYTES;
}

static int differs(const struct unpack_worker *w, uint64_t pfn)
{
	return fail("%s: pfn %#llx on it differs from the page in memory", w->u->img->target.name,
		    (unsigned long long)pfn);
}

/* Fresh memory is often zero already: looking costs less than writing, the most in a virtual machine. */
static void clear(uint8_t *pages, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (!page_is_zero(pages + i * IMAGE_BLOCK))
			pages_clear(pages + i * IMAGE_BLOCK, 1);
}

/* Pages [pfn, pfn + n) of memory, of a chunk of this kind; data: what they are to be, if that is data. */
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

		if (kind == CHUNK_DATA ? !page_equal(page, data + i * IMAGE_BLOCK) : !page_is_zero(page))
			return differs(w, pfn + i);
	}
	return 0;
}

static int use_chunk(struct unpack_worker *w, const struct chunk_head *chunk, const uint8_t *data)
{
	/* A kernel that clears or poisons what it frees relies on what free pages hold; others do not. */
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
	const char *name = w->u->img->target.name;
	char why[WHY_SIZE];
	uint8_t *there;

	if (chunk_check_payload(chunk, data, why) < 0)
		goto damaged;
	there = straight(w, chunk);
	if (image_unpack(chunk, &data, there ? there : w->room, w->work, why) < 0)
		goto damaged;
	if (w->u->purpose == UNPACK_CHECK || there)
		return 0;
	return use_chunk(w, chunk, data);
damaged:
	fail("%s: %s", name, why);
	return UNPACK_DAMAGED;
}

static int unpack_all(struct unpack_worker *w, struct worker_self *self)
{
	uint32_t n;
	int ret;

	while ((ret = workers_await(self, &n)) > 0) {
		ret = do_chunk(w, (struct chunk_head *)unpacking_buffer(w->u, n));
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
	size_t room = room_bytes(w.u->img), work = codec_unpack_work(w.u->img->head.codec);
	int ret = 1;

	if (w.u->mem)
		w.mem = *w.u->mem;
	if (room)
		w.room = alloc_pages(room);
	w.work = alloc_pages(work);
	if ((!room || w.room) && w.work)
		ret = unpack_all(&w, self);
	free_pages(w.work, work);
	free_pages(w.room, room);
	return ret;
}
