// SPDX-License-Identifier: GPL-2.0-only
/* restore.c - read an image while worker processes unpack it; check that all of it came */
#include <string.h>
#include <sys/uio.h>

#include "../base/console.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../base/oldmem.h"
#include "../image/chunk.h"
#include "../image/codec.h"
#include "../image/ram.h"
#include "restore.h"
#include "unpack-worker.h"

#define BATCH 4u	/* chunks in one read, at most */
#define COVER_GROWTH (8u << 20)	/* as B's map of free pages, which mixes the same blocks */
#define COVER_LEAVES 4096u	/* blocks that the chunks on their way have in part */

struct walk {
	struct image *img;
	struct unpacking u;
	struct workers workers;
	struct pagebits cover;	/* pages that have come, or that the jump exchanges */
	uint64_t pages[CHUNK_FREE + 1];	/* met, by enum chunk_kind */
	struct progress progress;
	uint32_t spare[WORKERS_MAX * CHUNK_BUFFERS];	/* buffers that no worker has */
	int nspare;
	int busy[WORKERS_MAX];	/* chunks that each worker has */
};

/* Wait for a worker, and take back its buffer. */
static enum worker_news hear(struct walk *w)
{
	uint32_t n;
	int who;
	enum worker_news news = workers_hear(&w->workers, true, &who, &n);

	if (news == WORKER_NUMBER) {
		w->spare[w->nspare++] = n;
		w->busy[who]--;
	} else if (news == WORKER_FAILED) {
		w->img->verdict = w->workers.status == UNPACK_DAMAGED ? SET_ASIDE : TRY_AGAIN;
	}
	return news;
}

static int give(struct walk *w, uint32_t buffer)
{
	int who = 0;

	for (int i = 1; i < w->workers.n; i++)
		if (w->busy[i] < w->busy[who])
			who = i;
	w->busy[who]++;
	return workers_tell(&w->workers, who, buffer);
}

/* Chunk i is in the buffer: check what only all chunks together show, and let it be unpacked. */
static int take_chunk(struct walk *w, uint32_t i, uint32_t buffer)
{
	const struct chunk_head *chunk = (void *)chunk_buffer(&w->u.buffers, buffer);

	if (image_check_chunk(w->img, i, chunk) < 0)
		return -1;
	if (cover_chunk(&w->cover, chunk, w->img->why) < 0)
		return image_unfit(w->img, SET_ASIDE);
	w->pages[chunk->kind] += chunk->npages;
	return give(w, buffer);
}

/* Read chunk i and those that follow, as there are buffers for them.  Returns how many, or -1. */
static int read_some(struct walk *w, uint32_t i)
{
	const struct target *t = &w->img->target;
	uint32_t left = w->img->tail.tail->nchunks - i;
	struct iovec iov[BATCH];
	uint32_t buffers[BATCH];
	uint32_t n;

	for (n = 0; w->nspare && n < left && n < BATCH; n++) {
		int64_t bytes = image_chunk_bytes(w->img, i + n);

		if (bytes < 0)
			return -1;
		buffers[n] = w->spare[--w->nspare];
		iov[n].iov_base = chunk_buffer(&w->u.buffers, buffers[n]);
		iov[n].iov_len = bytes;
	}
	if (target_readv(t, iov, n, w->img->tail.chunks[i].offset) < 0)
		return -1;
	for (uint32_t j = 0; j < n; j++)
		if (take_chunk(w, i + j, buffers[j]) < 0)
			return -1;
	return n;
}

static int read_all(struct walk *w)
{
	uint32_t i = 0, nchunks = w->img->tail.tail->nchunks;
	enum worker_news news = WORKER_NUMBER;
	int n, total = w->nspare;

	while (i < nchunks && news == WORKER_NUMBER) {
		if (!w->nspare) {
			news = hear(w);
			continue;
		}
		n = read_some(w, i);
		if (n < 0)
			return -1;
		i += n;
		progress_show(&w->progress, i < nchunks ? w->img->tail.chunks[i].offset :
			      w->img->head.tail_offset);
	}
	/* All workers are to end well before this kernel jumps: none may write then. */
	workers_dismiss(&w->workers);
	while (news == WORKER_NUMBER)
		news = hear(w);
	if (news == WORKER_ENDED && (i < nchunks || w->nspare < total))
		return fail("the workers ended before their time");
	return news == WORKER_ENDED ? 0 : -1;
}

/* Each page of the RAM map has come once, and the chunks have what the tail says. */
static int whole(struct walk *w)
{
	const struct image_tail *tail = w->img->tail.tail;
	const uint64_t said[] = { 0, tail->saved_pages, tail->zero_pages, tail->free_pages };
	static const char *const kinds[] = { "", "saved", "zero", "free" };

	if (cover_end(&w->cover, w->img->why) < 0)
		return image_unfit(w->img, SET_ASIDE);
	for (int kind = CHUNK_DATA; kind <= CHUNK_FREE; kind++)
		if (w->pages[kind] != said[kind])
			return image_damaged(w->img, "tail: %llu %s pages, the chunks have %llu",
					     (ull)said[kind], kinds[kind], (ull)w->pages[kind]);
	return 0;
}

static int run(struct walk *w)
{
	static const char *const what[] = { "checking", "restoring", "comparing" };
	uint64_t bytes = w->img->head.tail_offset;
	int ret;

	if (workers_start(&w->workers, w->u.buffers.workers, unpack_work, &w->u) < 0)
		return -1;
	for (int i = w->u.buffers.workers * w->u.buffers.each; i-- > 0; )
		w->spare[w->nspare++] = i;
	progress_start(&w->progress, what[w->u.purpose], bytes);
	ret = read_all(w) < 0 || whole(w) < 0 ? -1 : 0;
	workers_end(&w->workers);
	if (!ret)
		progress_end(&w->progress, bytes);
	return ret;
}

static int walk(struct image *img, enum unpack_purpose purpose)
{
	static struct ram_range ram[IMAGE_MAX_RAM + 2];
	const struct image_head *head = &img->head;
	const struct ram_range swapped[] = { head->low, head->window };
	size_t n = img->tail.tail->nram, bits_size = pagebits_most(img->tail.ram, n);
	struct oldmem mem = { .fd = -1 };
	struct walk w = { .img = img, .u = { .img = img, .purpose = purpose, .mem = &mem } };
	uint8_t *bits = alloc_pages(bits_size);
	int ret = -1;

	if (!bits)
		return -1;
	/* It is touched before the plan looks what is free; what it will use later is told. */
	pagebits_start(&w.cover, img->tail.ram, n, bits, bits_size);
	/* What may be touched: A's RAM less what the jump itself exchanges. */
	memcpy(ram, img->tail.ram, n * sizeof *ram);
	for (int i = 0; i < 2; i++) {
		pagebits_fill(&w.cover, swapped[i], true);
		n = ram_cut(ram, n, swapped[i]);
	}
	if (purpose != UNPACK_CHECK && oldmem_open(&mem, ram, n) < 0)
		goto out;
	if (chunk_buffers_begin(&w.u.buffers, head->codec, codec_unpack_work(head->codec),
				bits_size < COVER_GROWTH ? bits_size : COVER_GROWTH) == 0)
		ret = run(&w);
	chunk_buffers_end(&w.u.buffers);
	oldmem_close(&mem);
out:
	free_pages(bits, bits_size);
	return ret;
}

int restore_fits(uint32_t codec, const struct ram_range *ram, size_t nram, uint64_t mixed,
		 uint64_t tail_bytes, unsigned int kib, char *why)
{
	uint64_t cover = pagebits_table(ram, nram) +
			 (mixed + COVER_LEAVES) * sizeof(struct pagebits_leaf);
	uint64_t least = (cover + tail_bytes) / 1024 +
			 chunk_buffers_least_kib(codec, codec_unpack_work(codec));

	if (least <= kib)
		return 0;
	return refuse(why, "window: to restore the image takes %llu KiB at least, %u are free",
		      (ull)least, kib);
}

int image_verify(struct image *img)
{
	return walk(img, UNPACK_CHECK);
}

int image_restore(struct image *img)
{
	uint64_t start = now_ms();
	int ret = walk(img, UNPACK_RESTORE);

	img->restore_ms = now_ms() - start;
	return ret;
}

int image_compare(struct image *img)
{
	return walk(img, UNPACK_COMPARE);
}
