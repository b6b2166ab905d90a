// SPDX-License-Identifier: GPL-2.0-only
/* cover.c - each page of the RAM map comes once: not never, not twice, and no other */
#include "../../image/chunk.h"
#include "unit.h"

static const struct ram_range map[] = { { 0x1000, 0x5000 }, { 0x8800, 0xc800 } };
#define MAP_PAGES 7u	/* 1-4 and 9-11 */

static struct chunk_head chunk_of(uint64_t pfn, uint32_t count)
{
	return sample_chunk(CHUNK_ZERO, 6, pfn, count, NULL);
}

static struct pagebits *begin(const struct ram_range *met, size_t nmet)
{
	struct pagebits *c = malloc(sizeof *c);
	size_t bytes = pagebits_most(map, 2);
	void *memory = malloc(bytes);

	memset(memory, 0xff, bytes);
	pagebits_start(c, map, 2, memory, bytes);
	for (size_t i = 0; i < nmet; i++)
		pagebits_fill(c, met[i], true);
	return c;
}

static void end(struct pagebits *c)
{
	free(c->table);
	free(c);
}

static void test_size(void **state)
{
	(void)state;
	assert_int_equal(pagebits_most(map, 2), 8 + 2 * 64);
	assert_int_equal(pagebits_most(map, 0), 0);
	/* 34 KiB for a GiB */
	assert_int_equal(pagebits_most(&(struct ram_range){ 0, 1 << 30 }, 1), 34 << 10);
}

static void test_each_once(void **state)
{
	const uint64_t pfns[] = { 11, 1, 4, 2, 9, 3, 10 };
	struct pagebits *c = begin(NULL, 0);
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < MAP_PAGES; i++) {
		struct chunk_head chunk = chunk_of(pfns[i], 1);

		assert_refused(cover_end(c, why), why,
			       "image: %zu pages of the RAM map of 7 are in no chunk",
			       MAP_PAGES - i);
		assert_passes(cover_chunk(c, &chunk, why), why);
	}
	assert_passes(cover_end(c, why), why);
	end(c);
}

static void test_twice(void **state)
{
	struct pagebits *c = begin(NULL, 0);
	struct chunk_head chunk = chunk_of(2, 2);
	char why[WHY_SIZE];

	(void)state;
	assert_passes(cover_chunk(c, &chunk, why), why);
	chunk = chunk_of(1, 4);
	assert_refused(cover_chunk(c, &chunk, why), why,
		       "chunk 6: pfn 0x2 came before, or is not the image's");
	/* within one chunk */
	chunk = chunk_of(9, 2);
	chunk.runs[1] = (struct image_run){ 10, 1, 0 };
	chunk.nruns = 2;
	assert_refused(cover_chunk(c, &chunk, why), why,
		       "chunk 6: pfn 0xa came before, or is not the image's");
	end(c);
}

static void test_no_page_of_the_map(void **state)
{
	const uint64_t pfns[] = { 0, 5, 8, 12, UINT64_MAX, 1ull << 52 };
	struct pagebits *c = begin(NULL, 0);
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(pfns); i++) {
		struct chunk_head chunk = chunk_of(pfns[i], 1);

		assert_refused(cover_chunk(c, &chunk, why), why,
			       "chunk 6: pfn %#llx is not in the RAM map",
			       (unsigned long long)pfns[i]);
	}
	assert_int_equal(c->set, 0);
	end(c);
}

/* What the jump exchanges counts as met, once, whatever else its range holds. */
static void test_met_before(void **state)
{
	const struct ram_range met[] = { { 0, 0x2000 }, { 0x4000, 0xa000 }, { 0x4000, 0x6000 } };
	struct pagebits *c = begin(met, 3);
	struct chunk_head chunk = chunk_of(4, 1);
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(c->set, 3);	/* 2, 3, 10, 11 */
	assert_refused(cover_chunk(c, &chunk, why), why,
		       "chunk 6: pfn 0x4 came before, or is not the image's");
	chunk = chunk_of(2, 2);
	assert_passes(cover_chunk(c, &chunk, why), why);
	chunk = chunk_of(10, 2);
	assert_passes(cover_chunk(c, &chunk, why), why);
	assert_passes(cover_end(c, why), why);
	end(c);
}

/* A head may call all of the address space its window; that must not take for ever. */
static void test_vast_window(void **state)
{
	const struct ram_range met[] = {
		{ 0, IMAGE_MAX_PFN * IMAGE_BLOCK }, { 0x3000, UINT64_MAX }, { 0x20000, 0x30000 },
	};
	struct pagebits *c = begin(met, 1);
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(c->set, MAP_PAGES);
	assert_passes(cover_end(c, why), why);
	end(c);
	c = begin(met + 1, 2);
	assert_int_equal(c->set, MAP_PAGES - 2);
	end(c);
}

int cover_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_no_page_of_the_map),
		cmocka_unit_test(test_met_before),
		cmocka_unit_test(test_vast_window),
	};

	return cmocka_run_group_tests_name("cover", tests, NULL, NULL);
}
