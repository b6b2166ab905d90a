// SPDX-License-Identifier: GPL-2.0-only
/* whole.c - an image of the sample machine, made and read in memory by the pure code alone */
#include "../../image/chunk.h"
#include "../../image/codec.h"
#include "../../image/ram.h"
#include "../../image/page.h"
#include "unit.h"

#define MAX_CHUNKS 32u
#define IMAGE_BYTES (4u << 20)

/* All of one image, as it would stand on a target. */
struct whole {
	uint8_t *bytes;		/* IMAGE_BYTES */
	uint64_t used;
	struct image_head head;
	struct chunk_entry entries[MAX_CHUNKS];
	uint32_t n;
	uint64_t counts[CHUNK_FREE + 1];	/* pages of each kind */
};

static void put(struct whole *w, enum chunk_kind kind, uint64_t pfn, uint32_t count)
{
	uint8_t *at = w->bytes + w->used;
	struct chunk_head c = sample_chunk(kind, w->n, pfn, count,
					   kind == CHUNK_DATA ? at + IMAGE_BLOCK : NULL);

	assert_true(w->n < MAX_CHUNKS);
	memcpy(at, &c, sizeof c);
	w->entries[w->n++] = (struct chunk_entry){ w->used, c.sum };
	w->used += IMAGE_BLOCK + chunk_payload_size(c.packed);
	w->counts[kind] += count;
}

static void finish(struct whole *w)
{
	uint64_t size = tail_size(w->n, SAMPLE_RANGES, 0, 5);
	struct tail_view view = tail_make(w->bytes + w->used, w->n, SAMPLE_RANGES, 0, 5);

	memcpy(view.chunks, w->entries, w->n * sizeof *w->entries);
	memcpy(view.ram, sample_ram, sizeof sample_ram);
	memcpy(view.log, "done\n", 5);
	memcpy(view.tail->session, w->head.session, 16);
	view.tail->ram_pages = SAMPLE_PAGES;
	view.tail->swapped_pages = SAMPLE_SWAPPED;
	view.tail->saved_pages = w->counts[CHUNK_DATA];
	view.tail->zero_pages = w->counts[CHUNK_ZERO];
	view.tail->free_pages = w->counts[CHUNK_FREE];
	w->head.tail_offset = w->used;
	w->head.tail_length = size;
	w->head.tail_sum = sum64(view.tail, size);
	head_seal(&w->head);
	w->used += size;
	memcpy(w->bytes, &w->head, sizeof w->head);
}

/* 0x100-0x1ff and 0x400-0x7ff and 0x1000-0x13ff, in an order that is not theirs. */
static void put_all_but_free(struct whole *w)
{
	put(w, CHUNK_DATA, 0x1000, 0x100);
	put(w, CHUNK_ZERO, 0x1100, 0x300);
	put(w, CHUNK_DATA, 0x100, 0xff);
	put(w, CHUNK_DATA, 0x1ff, 1);
	put(w, CHUNK_ZERO, 0x400, 0x200);
}

static int begin(void **state)
{
	struct whole *w = calloc(1, sizeof *w);

	w->bytes = calloc(1, IMAGE_BYTES);
	w->used = IMAGE_BLOCK;
	w->head = sample_head(IMAGE_ARMED);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct whole *w = *state;

	free(w->bytes);
	free(w);
	return 0;
}

static int read_chunks(const struct whole *w, const struct tail_view *view, struct pagebits *cover,
		       uint8_t *seen, char *why)
{
	for (uint32_t i = 0; i < view->tail->nchunks; i++) {
		const struct chunk_head *c = (void *)(w->bytes + view->chunks[i].offset);
		const uint8_t *data = (const uint8_t *)(c + 1);
		uint8_t page[IMAGE_BLOCK];

		if (chunk_check(c, i, view->chunks[i].sum, view->ram, view->tail->nram, why) < 0 ||
		    chunk_check_payload(c, data, why) < 0 || cover_chunk(cover, c, why) < 0)
			return -1;
		for (uint32_t r = 0; r < c->nruns; r++)
			for (uint64_t j = 0; j < c->runs[r].count; j++) {
				seen[c->runs[r].pfn + j] = c->kind;
				if (c->kind != CHUNK_DATA)
					continue;
				sample_page(c->runs[r].pfn + j, page);
				assert_memory_equal(data, page, IMAGE_BLOCK);
				data += IMAGE_BLOCK;
			}
	}
	return cover_end(cover, why);
}

/* As a reader does it; seen[0x1400] gets the kind of each page. */
static int read_back(const struct whole *w, uint8_t *seen, char *why)
{
	const struct image_head *head = (void *)w->bytes;
	const struct ram_range met[] = {
		{ head->low_start, head->low_end }, { head->window_start, head->window_end },
	};
	struct machine here = sample_machine();
	struct tail_view view;
	struct pagebits cover;
	uint8_t *bits;
	size_t size;
	int ret;

	memset(seen, 0, 0x1400);
	if (head_check(head, why) < 0 || head_resumable(head, false, why) < 0 ||
	    head_fits_machine(head, &here, why) < 0 || head_fits_kernel(head, &here, why) < 0 ||
	    tail_check(w->bytes + head->tail_offset, head, &view, why) < 0)
		return -1;
	size = pagebits_most(view.ram, view.tail->nram);
	bits = malloc(size);
	pagebits_start(&cover, view.ram, view.tail->nram, bits, size);
	pagebits_fill(&cover, met[0], true);
	pagebits_fill(&cover, met[1], true);
	ret = read_chunks(w, &view, &cover, seen, why);
	free(bits);
	return ret;
}

static void test_round_trip(void **state)
{
	struct whole *w = *state;
	uint8_t *seen = malloc(0x1400);
	uint64_t counts[CHUNK_FREE + 1] = { 0 };
	char why[WHY_SIZE];

	put_all_but_free(w);
	put(w, CHUNK_FREE, 0x600, 0x200);
	finish(w);
	assert_passes(read_back(w, seen, why), why);
	for (size_t i = 0; i < 0x1400; i++)
		counts[seen[i]]++;
	assert_int_equal(counts[CHUNK_DATA], 0x200);
	assert_int_equal(counts[CHUNK_ZERO], 0x500);
	assert_int_equal(counts[CHUNK_FREE], 0x200);
	assert_int_equal(seen[0x1ff], CHUNK_DATA);
	assert_int_equal(seen[0x200], 0);	/* the window */
	assert_int_equal(seen[0x7ff], CHUNK_FREE);
	assert_int_equal(seen[0x13ff], CHUNK_ZERO);
	free(seen);
}

static void test_page_missing(void **state)
{
	struct whole *w = *state;
	uint8_t *seen = malloc(0x1400);
	char why[WHY_SIZE];

	put_all_but_free(w);
	put(w, CHUNK_FREE, 0x600, 0x1ff);
	w->counts[CHUNK_FREE]++;	/* the tail's counts look right */
	finish(w);
	assert_refused(read_back(w, seen, why), why,
		       "image: 1 pages of the RAM map of 2974 are in no chunk");
	w->used = w->head.tail_offset;
	w->counts[CHUNK_FREE]--;
	finish(w);
	assert_refused(read_back(w, seen, why), why, "pages: RAM map has 2974, "
		       "swapped 670 + saved 512 + zero 1280 + free 511 differ");
	free(seen);
}

static void test_page_twice(void **state)
{
	struct whole *w = *state;
	uint8_t *seen = malloc(0x1400);
	char why[WHY_SIZE];

	put_all_but_free(w);
	put(w, CHUNK_FREE, 0x600, 0x200);
	put(w, CHUNK_ZERO, 0x150, 1);
	w->counts[CHUNK_ZERO]--;
	finish(w);
	assert_refused(read_back(w, seen, why), why,
		       "chunk 6: pfn 0x150 came before, or is not the image's");
	free(seen);
}

/* C lives there: what it reads would be written over C itself. */
static void test_page_of_the_window(void **state)
{
	struct whole *w = *state;
	uint8_t *seen = malloc(0x1400);
	char why[WHY_SIZE];

	put_all_but_free(w);
	put(w, CHUNK_FREE, 0x600, 0x1ff);
	put(w, CHUNK_DATA, 0x3ff, 1);
	finish(w);
	assert_refused(read_back(w, seen, why), why,
		       "chunk 6: pfn 0x3ff came before, or is not the image's");
	free(seen);
}

static void test_chunks_exchanged(void **state)
{
	struct whole *w = *state;
	struct chunk_entry first;
	uint8_t *seen = malloc(0x1400);
	char why[WHY_SIZE];

	put(w, CHUNK_ZERO, 0x1000, 0x400);
	put(w, CHUNK_ZERO, 0x100, 0x100);
	put(w, CHUNK_ZERO, 0x400, 0x400);
	first = w->entries[0];
	w->entries[0].sum = w->entries[1].sum;
	finish(w);
	assert_int_equal(read_back(w, seen, why), -1);
	assert_memory_equal(why, "chunk 0: checksum of its head is ", 33);
	w->used = w->head.tail_offset;
	w->entries[0] = first;
	finish(w);
	assert_passes(read_back(w, seen, why), why);
	free(seen);
}

int whole_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, begin, end),
		cmocka_unit_test_setup_teardown(test_page_missing, begin, end),
		cmocka_unit_test_setup_teardown(test_page_twice, begin, end),
		cmocka_unit_test_setup_teardown(test_page_of_the_window, begin, end),
		cmocka_unit_test_setup_teardown(test_chunks_exchanged, begin, end),
	};

	return cmocka_run_group_tests_name("whole", tests, NULL, NULL);
}
