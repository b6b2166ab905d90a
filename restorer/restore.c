// SPDX-License-Identifier: GPL-2.0-only
/* restore.c - read, check and restore an image */
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/oldmem.h"
#include "../base/progress.h"
#include "../image/chunk.h"
#include "../image/codec.h"
#include "../image/cover.h"
#include "../image/page.h"
#include "../image/ram.h"
#include "../image/why.h"
#include "restore.h"

#define CHUNK_BYTES (IMAGE_BLOCK + IMAGE_CHUNK_PAGES * IMAGE_BLOCK)

/* Does the head, by its state, hold an image for this purpose? */
static int purpose_check(const struct image_head *head, enum image_purpose purpose, char *why)
{
	bool kept = head->state == IMAGE_USED || head->state == IMAGE_FAILED;

	if (head_check(head, why) < 0)
		return -1;
	if (purpose == IMAGE_LOOK && kept)
		return head_check_image(head, why);
	return head_resumable(head, purpose != IMAGE_RESUME, why);
}

int image_open(struct image *img, const struct target *target, enum image_purpose purpose)
{
	struct image_head *head = &img->head;
	char why[WHY_SIZE];

	*img = (struct image){ .target = *target, .purpose = purpose };
	if (target_read_head(target, head) < 0)
		return -1;
	img->damaged = true;
	if (purpose_check(head, purpose, why) < 0)
		return fail("%s: %s", target->name, why);
	if (head->tail_offset > target->size || head->tail_length > target->size - head->tail_offset)
		return fail("%s: tail ends at %llu, the target at %llu", target->name,
			    (unsigned long long)(head->tail_offset + head->tail_length),
			    (unsigned long long)target->size);
	if (head->tail_length > SIZE_MAX)
		return fail("%s: tail of %llu bytes", target->name,
			    (unsigned long long)head->tail_length);
	img->damaged = false;
	img->tail_buf = alloc_pages(head->tail_length);
	if (!img->tail_buf)
		return -1;
	if (read_full(target->fd, target->name, img->tail_buf, head->tail_length, head->tail_offset) < 0)
		return -1;
	img->damaged = true;
	if (tail_check(img->tail_buf, head, &img->tail, why) < 0)
		return fail("%s: %s", target->name, why);
	img->damaged = false;
	return 0;
}

void image_close(struct image *img)
{
	free_pages(img->tail_buf, img->head.tail_length);
	img->tail_buf = NULL;
	target_close(&img->target);
}

/* Where the pages of a walk through the chunks go. */
struct sink {
	struct oldmem *mem;	/* NULL: only check */
	struct cover cover;
	uint8_t *unpacked;	/* room for a chunk */
	uint64_t pages[CHUNK_FREE + 1];	/* met, by enum chunk_kind */
	struct progress progress;
};

/* data: the pages of a data chunk, one after the other. */
static int write_chunk(struct oldmem *mem, const struct chunk_head *chunk, const uint8_t *data)
{
	if (chunk->kind == CHUNK_FREE)
		return 0;
	for (size_t i = 0; i < chunk->nruns; i++) {
		uint64_t pfn = chunk->runs[i].pfn, left = chunk->runs[i].count;

		while (left) {
			uint64_t n = left;
			uint8_t *pages = oldmem_pages(mem, pfn, &n);

			if (!pages)
				return -1;
			if (chunk->kind == CHUNK_DATA) {
				pages_copy(pages, data, n);
				data += n * IMAGE_BLOCK;
			} else {
				pages_clear(pages, n);
			}
			pfn += n;
			left -= n;
		}
	}
	return 0;
}

/* Let *data, the payload of a checked chunk, be its pages; room is for IMAGE_CHUNK_PAGES. */
static int unpack(const struct chunk_head *chunk, const uint8_t **data, uint8_t *room, char *why)
{
	size_t want = (size_t)chunk->npages * IMAGE_BLOCK;
	ssize_t n;

	if (chunk->kind != CHUNK_DATA || chunk->codec == CODEC_NONE)
		return 0;
	n = codec_by_id(chunk->codec)->unpack(room, want, *data, chunk->packed);
	if (n < 0 || (size_t)n != want)
		return refuse(why, "chunk %llu: unpacks to %zd bytes, its pages have %zu",
			      (unsigned long long)chunk->index, n, want);
	*data = room;
	return 0;
}

/* Read chunk i, which reaches exactly to the next one or to the tail, into buf[CHUNK_BYTES]. */
static int read_chunk(struct image *img, uint32_t i, uint8_t *buf)
{
	const struct target *t = &img->target;
	const struct chunk_entry *e = &img->tail.chunks[i];
	const struct chunk_head *chunk = (struct chunk_head *)buf;
	uint64_t next = i + 1 < img->tail.tail->nchunks ? e[1].offset : img->head.tail_offset;
	char why[WHY_SIZE];

	if (next - e->offset > CHUNK_BYTES) {
		img->damaged = true;
		return fail("%s: chunk %u takes %llu bytes, at most %u", t->name, i,
			    (unsigned long long)(next - e->offset), CHUNK_BYTES);
	}
	if (read_full(t->fd, t->name, buf, next - e->offset, e->offset) < 0)
		return -1;
	img->damaged = true;
	if (chunk_check(chunk, i, e->sum, img->tail.ram, img->tail.tail->nram, why) < 0)
		return fail("%s: %s", t->name, why);
	if (chunk_payload_size(chunk->packed) != next - e->offset - IMAGE_BLOCK)
		return fail("%s: chunk %u takes %llu bytes, its head says %zu", t->name, i,
			    (unsigned long long)(next - e->offset),
			    IMAGE_BLOCK + chunk_payload_size(chunk->packed));
	if (chunk_check_payload(chunk, buf + IMAGE_BLOCK, why) < 0)
		return fail("%s: %s", t->name, why);
	img->damaged = false;
	return 0;
}

static int damaged(struct image *img, const char *why)
{
	img->damaged = true;
	return fail("%s: %s", img->target.name, why);
}

static int counts_check(const struct image_tail *tail, const uint64_t *pages, char *why)
{
	const uint64_t said[] = { 0, tail->saved_pages, tail->zero_pages, tail->free_pages };
	static const char *const kinds[] = { "", "saved", "zero", "free" };

	for (int kind = CHUNK_DATA; kind <= CHUNK_FREE; kind++)
		if (pages[kind] != said[kind])
			return refuse(why, "tail: %llu %s pages, the chunks have %llu",
				      (unsigned long long)said[kind], kinds[kind],
				      (unsigned long long)pages[kind]);
	return 0;
}

static int walk(struct image *img, struct sink *sink, uint8_t *buf)
{
	char why[WHY_SIZE];

	for (uint32_t i = 0; i < img->tail.tail->nchunks; i++) {
		const struct chunk_head *chunk = (struct chunk_head *)buf;
		const uint8_t *data = buf + IMAGE_BLOCK;

		if (read_chunk(img, i, buf) < 0)
			return -1;
		if (cover_chunk(&sink->cover, chunk, why) < 0 ||
		    unpack(chunk, &data, sink->unpacked, why) < 0)
			return damaged(img, why);
		sink->pages[chunk->kind] += chunk->npages;
		if (sink->mem && write_chunk(sink->mem, chunk, data) < 0)
			return -1;
		progress_show(&sink->progress, img->tail.chunks[i].offset);
	}
	if (cover_end(&sink->cover, why) < 0 || counts_check(img->tail.tail, sink->pages, why) < 0)
		return damaged(img, why);
	return 0;
}

static int walk_into(struct image *img, const char *what, struct oldmem *mem)
{
	const struct image_head *head = &img->head;
	const struct ram_range swapped[] = {
		{ head->low_start, head->low_end }, { head->window_start, head->window_end },
	};
	const struct ram_range *ram = img->tail.ram;
	size_t nram = img->tail.tail->nram, bits_size = cover_size(ram, nram);
	uint8_t *bits = alloc_pages(bits_size);
	uint8_t *buf = alloc_pages(CHUNK_BYTES);
	struct sink sink = { .mem = mem, .unpacked = alloc_pages(IMAGE_CHUNK_PAGES * IMAGE_BLOCK) };
	int ret = -1;

	if (bits && buf && sink.unpacked) {
		cover_start(&sink.cover, ram, nram, bits, swapped, 2);
		progress_start(&sink.progress, what, head->tail_offset);
		ret = walk(img, &sink, buf);
		if (!ret)
			progress_end(&sink.progress, head->tail_offset);
	}
	free_pages(sink.unpacked, IMAGE_CHUNK_PAGES * IMAGE_BLOCK);
	free_pages(buf, CHUNK_BYTES);
	free_pages(bits, bits_size);
	return ret;
}

int image_verify(struct image *img)
{
	return walk_into(img, "checking", NULL);
}

int target_count_attempt(const struct target *target, struct image_head *head)
{
	head->state = IMAGE_RESUMING;
	head->attempts++;
	return target_write_head(target, head);
}

int image_begin(struct image *img)
{
	if (img->purpose == IMAGE_RESUME_COUNTED && img->head.state == IMAGE_RESUMING)
		return 0;
	return target_count_attempt(&img->target, &img->head);
}

int image_restore(struct image *img)
{
	static struct ram_range ram[IMAGE_MAX_RAM + 2];
	const struct image_head *head = &img->head;
	size_t n = img->tail.tail->nram;
	struct oldmem mem;
	int ret;

	/* What may be written: A's RAM less what the jump itself exchanges. */
	memcpy(ram, img->tail.ram, n * sizeof *ram);
	n = ram_cut(ram, n, (struct ram_range){ head->low_start, head->low_end });
	n = ram_cut(ram, n, (struct ram_range){ head->window_start, head->window_end });
	if (oldmem_open(&mem, ram, n) < 0)
		return -1;
	ret = walk_into(img, "restoring", &mem);
	oldmem_close(&mem);
	return ret;
}

int image_mark_used(struct image *img)
{
	img->head.state = IMAGE_USED;
	img->head.ended = now_ms() / 1000;
	return target_write_head(&img->target, &img->head);
}

int target_mark_failed(const struct target *target, struct image_head *head, const char *reason)
{
	head->state = IMAGE_FAILED;
	head->ended = now_ms() / 1000;
	head->told = 0;
	memset(head->reason, 0, sizeof head->reason);
	for (size_t i = 0; reason[i] && i < sizeof head->reason - 1; i++)
		head->reason[i] = reason[i] < ' ' || reason[i] > '~' ? '?' : reason[i];
	return target_write_head(target, head);
}

int target_mark_told(const struct target *target, struct image_head *head)
{
	head->told = 1;
	return target_write_head(target, head);
}

int image_mark_failed(struct image *img, const char *reason)
{
	return target_mark_failed(&img->target, &img->head, reason);
}
