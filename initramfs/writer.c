// SPDX-License-Identifier: GPL-2.0-only
/* writer.c - number chunks, write them, and make an image of them */
#include <string.h>
#include <sys/uio.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../base/workers.h"
#include "../image/chunk.h"
#include "../image/head.h"
#include "../image/ram.h"
#include "../image/page.h"
#include "../image/tail.h"
#include "writer.h"

int writer_begin(struct writer *w, const struct target *target, uint64_t max_pages)
{
	/*
	 * A chunk is closed by CHUNK_RUNS runs at the earliest, each of one page.  Each
	 * worker closes two more at the end, and there is a last one of free pages.
	 */
	uint64_t chunks = max_pages / CHUNK_RUNS + 2 * WORKERS_MAX + 1;
	char why[WHY_SIZE];

	*w = (struct writer){ .target = *target, .offset = IMAGE_BLOCK, .began = now_ms() };
	if (target_read_head(&w->target, &w->head) < 0)
		return -1;
	if (head_check(&w->head, why) < 0 || state_write(&w->head, why) < 0)
		return fail("%s: %s", target->name, why);
	w->max_chunks = chunks < IMAGE_MAX_CHUNKS ? chunks : IMAGE_MAX_CHUNKS;
	w->entries = alloc_pages(w->max_chunks * sizeof *w->entries);
	if (!w->entries)
		return -1;
	return target_write_head(&w->target, &w->head);
}

int writer_put(struct writer *w, struct chunk_head *const *chunks, int n)
{
	const struct target *t = &w->target;
	struct iovec iov[WRITER_BATCH];
	uint64_t offset = w->offset;

	for (int i = 0; i < n; i++) {
		if (w->nchunks == w->max_chunks)
			return fail("%s: more than %u chunks", t->name, w->max_chunks);
		chunk_number(chunks[i], w->nchunks);
		w->entries[w->nchunks++] = (struct chunk_entry){ offset, chunks[i]->sum };
		w->pages[chunks[i]->kind] += chunks[i]->npages;
		iov[i].iov_base = chunks[i];
		iov[i].iov_len = IMAGE_BLOCK + chunk_payload_size(chunks[i]->packed);
		offset += iov[i].iov_len;
	}
	if (offset > t->size)
		return fail("%s: image needs more than its %llu bytes, %llu are written", t->name,
			    (ull)t->size, (ull)w->offset);
	if (target_writev(t, iov, n, w->offset) < 0)
		return -1;
	w->offset = offset;
	return 0;
}

int writer_finish(struct writer *w, const struct writer_facts *facts)
{
	const char *log = log_text();
	size_t log_len = strlen(log);
	uint64_t size = tail_size(w->nchunks, facts->nram, facts->nguards, log_len);
	const struct target *t = &w->target;
	struct tail_view view;
	char why[WHY_SIZE];
	void *buf;
	int ret = -1;

	if (size > t->size || w->offset > t->size - size)
		return fail("%s: image needs %llu bytes, it has %llu", t->name,
			    (ull)(w->offset + size), (ull)t->size);
	buf = alloc_pages(size);
	if (!buf)
		return -1;
	view = tail_make(buf, w->nchunks, facts->nram, facts->nguards, log_len);
	memcpy(view.chunks, w->entries, w->nchunks * sizeof *w->entries);
	memcpy(view.ram, facts->ram, facts->nram * sizeof *view.ram);
	memcpy(view.guards, facts->guards, facts->nguards * sizeof *view.guards);
	memcpy(view.log, log, log_len);
	memcpy(view.tail->session, w->head.session, sizeof view.tail->session);
	view.tail->swapped_pages = facts->swapped;
	view.tail->saved_pages = w->pages[CHUNK_DATA];
	view.tail->zero_pages = w->pages[CHUNK_ZERO];
	view.tail->free_pages = w->pages[CHUNK_FREE];
	view.tail->save_ms = now_ms() - w->began;
	view.tail->ram_pages = ram_pages(facts->ram, facts->nram);
	w->head.tail_offset = w->offset;
	w->head.tail_length = size;
	w->head.tail_sum = sum64(buf, size);
	/* The reader's own check, so that nothing is armed that would be refused. */
	if (tail_check(buf, &w->head, &view, why) < 0)
		fail("%s: %s", t->name, why);
	else if (target_write(t, buf, size, w->offset) == 0)
		ret = target_flush(t);
	free_pages(buf, size);
	return ret;
}

int writer_arm(struct writer *w)
{
	char why[WHY_SIZE];

	if (state_arm(&w->head, why) < 0)
		return fail("%s: %s", w->target.name, why);
	return target_write_head(&w->target, &w->head);
}

void writer_abandon(struct writer *w, const char *reason)
{
	char why[WHY_SIZE], first[WHY_SIZE];

	snprintf(first, sizeof first, "%s", reason);
	if (state_emptied(&w->head, reason, why) == 0 &&
	    target_write_head(&w->target, &w->head) == 0)
		return;
	info("%s: could not be marked as empty, the sleeping kernel will try", w->target.name);
	log_adopt(first);	/* A is told why there is no image, not what followed from it */
}

void writer_end(struct writer *w)
{
	free_pages(w->entries, w->max_chunks * sizeof *w->entries);
	target_close(&w->target);
}
