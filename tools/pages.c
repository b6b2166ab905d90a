// SPDX-License-Identifier: GPL-2.0-only
/* pages.c - an index of the pages of an image, and a cache of its chunks */
#include <stdlib.h>
#include <string.h>

#include "../base/io.h"
#include "../image/chunk.h"
#include "../image/ram.h"
#include "pages.h"

#define DATA_BYTES (IMAGE_CHUNK_PAGES * IMAGE_BLOCK)

const char *const class_names[] = { "exchanged", "saved", "zero", "free", "no RAM" };

void *grow(void *array, size_t n, size_t size, const char *what)
{
	void *larger = array;

	/* There is room for the next power of two. */
	if (!(n & (n - 1)))
		larger = reallocarray(array, n ? 2 * n : 1, size);
	if (!larger) {
		fail("more than %zu %s:", n, what);
		free(array);
	}
	return larger;
}

static int add_run(struct pages *p, const struct page_run *run)
{
	p->runs = grow(p->runs, p->nruns, sizeof *p->runs, "runs of pages");
	if (!p->runs)
		return -1;
	p->runs[p->nruns++] = *run;
	return 0;
}

static void add_use(struct chunk_use *use, const struct chunk_head *chunk)
{
	use->number++;
	use->unpacked += (uint64_t)chunk->npages * IMAGE_BLOCK;
	use->stored += chunk_payload_size(chunk->packed);
}

static int add_chunk(struct pages *p, uint32_t i, const struct chunk_head *chunk)
{
	uint32_t first = 0;

	for (uint32_t r = 0; r < chunk->nruns; r++) {
		const struct page_run run = {
			.pfn = chunk->runs[r].pfn, .class = chunk->kind,
			.count = chunk->runs[r].count,
			.chunk = i, .first = chunk->kind == CHUNK_DATA ? first : 0,
		};

		if (add_run(p, &run) < 0)
			return -1;
		first += run.count;
	}
	add_use(&p->kinds[chunk->kind], chunk);
	if (chunk->kind == CHUNK_DATA)
		add_use(&p->codecs[chunk->codec], chunk);
	return 0;
}

static int add_chunks(struct pages *p)
{
	struct image *img = p->img;

	for (uint32_t i = 0; i < img->tail.tail->nchunks; i++)
		if (target_read(&img->target, p->buf, IMAGE_BLOCK,
				img->tail.chunks[i].offset) < 0 ||
		    image_check_chunk(img, i, (struct chunk_head *)p->buf) < 0 ||
		    add_chunk(p, i, (struct chunk_head *)p->buf) < 0)
			return -1;
	return 0;
}

/* The whole pages of RAM in [start, end) are exchanged by the jump. */
static int add_exchanged(struct pages *p, uint64_t start, uint64_t end)
{
	const struct tail_view *tail = &p->img->tail;

	for (uint32_t i = 0; i < tail->tail->nram; i++) {
		uint64_t pfn = ram_first_pfn(&tail->ram[i]), last = ram_end_pfn(&tail->ram[i]);
		struct page_run run = { .class = PAGE_EXCHANGED };

		pfn = pfn > start / IMAGE_BLOCK ? pfn : start / IMAGE_BLOCK;
		last = last < end / IMAGE_BLOCK ? last : end / IMAGE_BLOCK;
		for (; pfn < last; pfn += run.count) {
			run.pfn = pfn;
			run.count = last - pfn < IMAGE_RUN_PAGES ? last - pfn : IMAGE_RUN_PAGES;
			if (add_run(p, &run) < 0)
				return -1;
		}
	}
	return 0;
}

static int by_pfn(const void *a, const void *b)
{
	const struct page_run *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* The runs lie in the RAM map; if none overlap, their sum tells whether they are all of it. */
static int check_cover(struct pages *p)
{
	uint64_t pages = 0, end = 0;

	for (size_t i = 0; i < p->nruns; i++) {
		if (p->runs[i].pfn < end)
			return image_damaged(p->img, "page %#llx comes twice", (ull)p->runs[i].pfn);
		end = run_end(&p->runs[i]);
		pages += p->runs[i].count;
	}
	if (pages != p->img->tail.tail->ram_pages)
		return image_damaged(p->img,
				     "RAM map has %llu pages, the chunks and "
				     "the exchanged memory %llu",
				     (ull)p->img->tail.tail->ram_pages, (ull)pages);
	return 0;
}

int pages_open(struct pages *p, struct image *img)
{
	const struct image_head *head = &img->head;

	*p = (struct pages){ .img = img };
	p->buf = alloc_pages(IMAGE_CHUNK_BYTES);
	p->nkept = img->tail.tail->nchunks < PAGES_KEPT ? img->tail.tail->nchunks : PAGES_KEPT;
	p->nkept += !p->nkept;
	p->unpacked = alloc_pages(p->nkept * DATA_BYTES);
	p->work = alloc_pages(codec_unpack_work(head->codec));
	if (!p->buf || !p->unpacked || !p->work || add_chunks(p) < 0 ||
	    add_exchanged(p, head->low.start, head->low.end) < 0 ||
	    add_exchanged(p, head->window.start, head->window.end) < 0)
		return -1;
	if (p->nruns)
		qsort(p->runs, p->nruns, sizeof *p->runs, by_pfn);
	return check_cover(p);
}

void pages_close(struct pages *p)
{
	free(p->runs);
	free_pages(p->buf, IMAGE_CHUNK_BYTES);
	free_pages(p->unpacked, p->nkept * DATA_BYTES);
	free_pages(p->work, p->img ? codec_unpack_work(p->img->head.codec) : 0);
	*p = (struct pages){ 0 };
}

static int by_place(const void *key, const void *element)
{
	const uint64_t *pfn = key;
	const struct page_run *run = element;

	return *pfn < run->pfn ? -1 : *pfn >= run_end(run);
}

const struct page_run *pages_find(const struct pages *p, uint64_t pfn)
{
	return p->nruns ? bsearch(&pfn, p->runs, p->nruns, sizeof *p->runs, by_place) : NULL;
}

/* The pages of chunk i, in its slot of the cache. */
static const uint8_t *chunk_data(struct pages *p, uint32_t i)
{
	const struct chunk_head *chunk = (struct chunk_head *)p->buf;
	const uint8_t *data = p->buf + IMAGE_BLOCK;
	unsigned int slot = i % p->nkept;
	uint8_t *room = p->unpacked + slot * DATA_BYTES;
	char why[WHY_SIZE];

	if (p->kept[slot] == i + 1)
		return room;
	p->kept[slot] = 0;
	if (image_read_chunk(p->img, i, p->buf) < 0)
		return NULL;
	if (image_unpack(chunk, &data, room, p->work, why) < 0) {
		image_damaged(p->img, "%s", why);
		return NULL;
	}
	if (data != room)
		memcpy(room, data, (size_t)chunk->npages * IMAGE_BLOCK);
	p->kept[slot] = i + 1;
	return room;
}

const uint8_t *pages_read(struct pages *p, const struct page_run *run, uint64_t pfn)
{
	static const uint8_t zeroes[IMAGE_BLOCK];
	const uint8_t *data;

	if (run->class == PAGE_ZERO)
		return zeroes;
	data = chunk_data(p, run->chunk);
	return data ? data + (run->first + (pfn - run->pfn)) * IMAGE_BLOCK : NULL;
}

int pages_at(struct pages *p, uint64_t pfn, const uint8_t **page)
{
	const struct page_run *run = pages_find(p, pfn);

	*page = NULL;
	if (!run || !has_contents(run->class))
		return 0;
	*page = pages_read(p, run, pfn);
	return *page ? 0 : -1;
}
