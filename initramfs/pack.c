// SPDX-License-Identifier: GPL-2.0-only
/* pack.c - the writer that leads the workers */
#include "../base/abandon.h"
#include "../base/io.h"
#include "../base/progress.h"
#include "../image/chunk.h"
#include "pack.h"
#include "pack-worker.h"

/* Write the chunks that are ready, and give their buffers back. */
static int put_ready(struct writer *w, struct workers *workers, const struct packing *packing,
		     const uint32_t *ready, int n)
{
	struct chunk_head *chunks[WRITER_BATCH];

	for (int i = 0; i < n; i++)
		chunks[i] = (struct chunk_head *)chunk_buffer(&packing->buffers, ready[i]);
	if (writer_put(w, chunks, n) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (workers_tell(workers, ready[i] / packing->buffers.each, ready[i]) < 0)
			return -1;
	return 0;
}

/* While the workers pack, write what they have packed: all that is ready at once. */
static int write_packed(struct writer *w, struct workers *workers, const struct packing *packing,
			struct progress *progress)
{
	uint32_t ready[WRITER_BATCH];
	enum worker_news news;
	int who, n = 0;

	for (;;) {
		news = workers_hear(workers, n == 0, &who, &ready[n]);
		if (news == WORKER_FAILED)
			return -1;
		if (news == WORKER_NUMBER && ++n < WRITER_BATCH)
			continue;
		if (n && put_ready(w, workers, packing, ready, n) < 0)
			return -1;
		n = 0;
		progress_show(progress,
			      (w->pages[CHUNK_DATA] + w->pages[CHUNK_ZERO]) * IMAGE_BLOCK);
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

static int pack(struct writer *w, const struct packing *packing, const struct pagebits *free)
{
	struct progress progress;
	struct workers workers;
	int ret;

	if (put_free(w, free) < 0)
		return -1;
	progress_start(&progress, "saving", (packing->vm->pages - free->set) * IMAGE_BLOCK);
	progress.hint = "Esc: go back";
	if (workers_start(&workers, packing->buffers.workers, pack_work, (void *)packing) < 0)
		return -1;
	ret = write_packed(w, &workers, packing, &progress);
	workers_end(&workers);
	if (ret < 0)
		return -1;
	progress_end(&progress, (w->pages[CHUNK_DATA] + w->pages[CHUNK_ZERO]) * IMAGE_BLOCK);
	return 0;
}

int pack_memory(struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		const struct codec *codec, int level)
{
	struct packing packing;
	int ret = -1;

	if (packing_begin(&packing, vm, free, codec, level) == 0)
		ret = pack(w, &packing, free);
	packing_end(&packing);
	return ret;
}
