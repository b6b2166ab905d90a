// SPDX-License-Identifier: GPL-2.0-only
/* restore.c - walk through the chunks of an image, check them and write them to oldmem */
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

/* Where the pages of a walk through the chunks go. */
struct sink {
	struct oldmem *mem;	/* NULL: only check */
	struct cover cover;
	uint8_t *unpacked;	/* room for a chunk */
	void *work;		/* codec_unpack_work() bytes */
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

		if (image_read_chunk(img, i, buf) < 0)
			return -1;
		if (cover_chunk(&sink->cover, chunk, why) < 0 ||
		    image_unpack(chunk, &data, sink->unpacked, sink->work, why) < 0)
			return image_damaged(img, "%s", why);
		sink->pages[chunk->kind] += chunk->npages;
		if (sink->mem && write_chunk(sink->mem, chunk, data) < 0)
			return -1;
		progress_show(&sink->progress, img->tail.chunks[i].offset);
	}
	if (cover_end(&sink->cover, why) < 0 || counts_check(img->tail.tail, sink->pages, why) < 0)
		return image_damaged(img, "%s", why);
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
	struct sink sink = {
		.mem = mem,
		.unpacked = alloc_pages(IMAGE_CHUNK_PAGES * IMAGE_BLOCK),
		.work = alloc_pages(codec_unpack_work()),
	};
	int ret = -1;

	if (bits && buf && sink.unpacked && sink.work) {
		cover_start(&sink.cover, ram, nram, bits, swapped, 2);
		progress_start(&sink.progress, what, head->tail_offset);
		ret = walk(img, &sink, buf);
		if (!ret)
			progress_end(&sink.progress, head->tail_offset);
	}
	free_pages(sink.work, codec_unpack_work());
	free_pages(sink.unpacked, IMAGE_CHUNK_PAGES * IMAGE_BLOCK);
	free_pages(buf, CHUNK_BYTES);
	free_pages(bits, bits_size);
	return ret;
}

int image_verify(struct image *img)
{
	return walk_into(img, "checking", NULL);
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
