// SPDX-License-Identifier: GPL-2.0-only
/* writer.c - collect pages in chunks, chunks in large writes */
#include <stdbool.h>
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/chunk.h"
#include "../image/head.h"
#include "../image/page.h"
#include "../image/ram.h"
#include "../image/sum.h"
#include "../image/tail.h"
#include "../image/why.h"
#include "writer.h"

#define DATA_BYTES	((size_t)IMAGE_CHUNK_PAGES * IMAGE_BLOCK)
#define BUF_BYTES	(4 * (DATA_BYTES + IMAGE_BLOCK))	/* one write */

/*
 * A chunk is closed by CHUNK_RUNS runs at the earliest, each of one page, so
 * this many are never passed; one more of each kind is closed at the end.
 */
static uint32_t chunks_at_most(uint64_t pages)
{
	uint64_t n = pages / CHUNK_RUNS + 2;

	return n < IMAGE_MAX_CHUNKS ? n : IMAGE_MAX_CHUNKS;
}

int writer_begin(struct writer *w, const struct target *target, const struct codec *codec,
		 uint64_t max_pages)
{
	char why[WHY_SIZE];

	*w = (struct writer){ .target = *target, .codec = codec, .offset = IMAGE_BLOCK,
			      .began = now_ms() };
	if (target_read_head(&w->target, &w->head) < 0)
		return -1;
	if (head_check(&w->head, why) < 0)
		return fail("%s: %s", target->name, why);
	if (head_resumable(&w->head, false, why) == 0)
		return fail("%s: holds an image that is %s, an empty target was expected",
			    target->name, state_name(w->head.state));
	w->max_chunks = chunks_at_most(max_pages);
	w->buf = alloc_pages(BUF_BYTES);
	w->pages = alloc_pages(DATA_BYTES);
	w->entries = alloc_pages(w->max_chunks * sizeof *w->entries);
	if (!w->buf || !w->pages || !w->entries)
		return -1;
	chunk_start(&w->data, CHUNK_DATA);
	chunk_start(&w->zero, CHUNK_ZERO);
	w->head.state = IMAGE_WRITING;
	w->head.told = 0;
	return target_write_head(&w->target, &w->head);
}

static int flush(struct writer *w)
{
	const struct target *t = &w->target;

	if (w->used > t->size || w->offset > t->size - w->used)
		return fail("%s: image needs more than its %llu bytes, %llu are written", t->name,
			    (unsigned long long)t->size, (unsigned long long)w->offset);
	if (write_full(t->fd, t->name, w->buf, w->used, w->offset) < 0)
		return -1;
	w->offset += w->used;
	w->used = 0;
	return 0;
}

/* Append the finished chunk, whose payload, if any, is packed from w->pages; start a new one. */
static int put_chunk(struct writer *w, struct chunk_head *chunk)
{
	bool data = chunk->kind == CHUNK_DATA;
	size_t want = data ? (size_t)chunk->npages * IMAGE_BLOCK : 0;
	const struct codec *codec = w->codec;
	uint8_t *payload;
	ssize_t packed = 0;

	if (!chunk->npages)
		return 0;
	if (w->nchunks == w->max_chunks)
		return fail("%s: more than %u chunks", w->target.name, w->max_chunks);
	if (BUF_BYTES - w->used < IMAGE_BLOCK + DATA_BYTES && flush(w) < 0)
		return -1;
	payload = w->buf + w->used + IMAGE_BLOCK;
	if (data) {
		packed = codec->pack(payload, want - 1, w->pages, want);
		if (packed < 0) {	/* it does not shrink */
			codec = codec_by_id(CODEC_NONE);
			packed = codec->pack(payload, want, w->pages, want);
		}
	}
	chunk_seal(chunk, w->nchunks, codec->id, payload, packed);
	memcpy(w->buf + w->used, chunk, sizeof *chunk);
	w->entries[w->nchunks++] = (struct chunk_entry){ w->offset + w->used, chunk->sum };
	w->used += IMAGE_BLOCK + chunk_payload_size(packed);
	chunk_start(chunk, chunk->kind);
	return 0;
}

int writer_page(struct writer *w, uint64_t pfn, const uint8_t *page)
{
	bool zero = page_is_zero(page);
	struct chunk_head *chunk = zero ? &w->zero : &w->data;

	if (!chunk_add(chunk, pfn)) {
		if (put_chunk(w, chunk) < 0)
			return -1;
		chunk_add(chunk, pfn);
	}
	if (zero) {
		w->zero_pages++;
	} else {
		pages_copy(w->pages + (size_t)(chunk->npages - 1) * IMAGE_BLOCK, page, 1);
		w->saved_pages++;
	}
	return 0;
}

/* The tail is not in the buffer: it may be larger. */
static int put_tail(struct writer *w, const struct writer_facts *facts)
{
	const char *log = log_text();
	uint64_t size = tail_size(w->nchunks, facts->nram, facts->nguards, strlen(log));
	const struct target *t = &w->target;
	struct tail_view view;
	char why[WHY_SIZE];
	void *buf;
	int ret = -1;

	if (size > t->size || w->offset > t->size - size)
		return fail("%s: image needs %llu bytes, it has %llu", t->name,
			    (unsigned long long)(w->offset + size), (unsigned long long)t->size);
	buf = alloc_pages(size);
	if (!buf)
		return -1;
	view = tail_make(buf, w->nchunks, facts->nram, facts->nguards, strlen(log));
	memcpy(view.chunks, w->entries, w->nchunks * sizeof *w->entries);
	memcpy(view.ram, facts->ram, facts->nram * sizeof *view.ram);
	memcpy(view.guards, facts->guards, facts->nguards * sizeof *view.guards);
	memcpy(view.log, log, strlen(log));
	memcpy(view.tail->session, w->head.session, sizeof view.tail->session);
	view.tail->swapped_pages = facts->swapped;
	view.tail->saved_pages = w->saved_pages;
	view.tail->zero_pages = w->zero_pages;
	view.tail->save_ms = now_ms() - w->began;
	view.tail->ram_pages = ram_pages(facts->ram, facts->nram);
	tail_seal(&view);
	w->head.tail_offset = w->offset;
	w->head.tail_length = size;
	w->head.tail_sum = sum64(buf, size);
	/* The reader's own check, so that nothing is armed that would be refused. */
	if (tail_check(buf, &w->head, &view, why) < 0)
		fail("%s: %s", t->name, why);
	else
		ret = write_full(t->fd, t->name, buf, size, w->offset);
	free_pages(buf, size);
	return ret;
}

int writer_arm(struct writer *w, const struct writer_facts *facts)
{
	if (put_chunk(w, &w->data) < 0 || put_chunk(w, &w->zero) < 0 || flush(w) < 0 ||
	    put_tail(w, facts) < 0 || target_flush(&w->target) < 0)
		return -1;
	/* All is on the device.  One block makes an image of it. */
	w->head.state = IMAGE_ARMED;
	return target_write_head(&w->target, &w->head);
}

void writer_abandon(struct writer *w, const char *reason)
{
	uint8_t id[16];

	memcpy(id, w->head.target_id, sizeof id);
	memset(&w->head, 0, sizeof w->head);
	memcpy(w->head.target_id, id, sizeof id);
	w->head.state = IMAGE_EMPTY;
	snprintf(w->head.reason, sizeof w->head.reason, "%.180s", reason);
	if (target_write_head(&w->target, &w->head) < 0)
		info("%s: could not be marked as empty, the sleeping kernel will try", w->target.name);
}

void writer_end(struct writer *w)
{
	free_pages(w->buf, BUF_BYTES);
	free_pages(w->pages, DATA_BYTES);
	free_pages(w->entries, w->max_chunks * sizeof *w->entries);
	target_close(&w->target);
}
