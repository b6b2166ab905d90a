// SPDX-License-Identifier: GPL-2.0-only
/* chunk-add.c - pages become runs, and a chunk says when it is full */
#include "../../image/codec.h"
#include "unit.h"

static void test_payload_size(void **state)
{
	(void)state;
	assert_int_equal(chunk_payload_size(0), 0);
	assert_int_equal(chunk_payload_size(1), 4096);
	assert_int_equal(chunk_payload_size(4096), 4096);
	assert_int_equal(chunk_payload_size(4097), 8192);
	assert_int_equal(chunk_payload_size(UINT32_MAX), 1ull << 32);	/* does not wrap */
}

static void test_runs_join(void **state)
{
	const uint64_t pfns[] = { 10, 11, 12, 20, 21, 19, 5 };
	struct chunk_head c;

	(void)state;
	chunk_start(&c, CHUNK_DATA);
	for (size_t i = 0; i < COUNT(pfns); i++)
		assert_true(chunk_add(&c, pfns[i], 1));
	assert_int_equal(c.magic, IMAGE_CHUNK_MAGIC);
	assert_int_equal(c.nruns, 4);
	assert_int_equal(c.npages, COUNT(pfns));
	assert_int_equal(c.runs[0].pfn, 10);
	assert_int_equal(c.runs[0].count, 3);
	assert_int_equal(c.runs[1].pfn, 20);
	assert_int_equal(c.runs[1].count, 2);
	assert_int_equal(c.runs[2].pfn, 19);
	assert_int_equal(c.runs[2].count, 1);
	assert_int_equal(c.runs[3].pfn, 5);
}

static void test_data_is_full(void **state)
{
	struct chunk_head c, before;

	(void)state;
	chunk_start(&c, CHUNK_DATA);
	for (uint64_t i = 0; i < IMAGE_CHUNK_PAGES; i++)
		assert_true(chunk_add(&c, 100 + i, 1));
	before = c;
	assert_false(chunk_add(&c, 100 + IMAGE_CHUNK_PAGES, 1));
	assert_false(chunk_add(&c, 7, 1));
	assert_memory_equal(&c, &before, sizeof c);
}

static void test_runs_are_full(void **state)
{
	struct chunk_head *c = malloc(sizeof *c), before;

	(void)state;
	assert_int_equal(CHUNK_RUNS, 253);
	chunk_start(c, CHUNK_ZERO);
	for (uint64_t i = 0; i < CHUNK_RUNS; i++)
		assert_true(chunk_add(c, 2 * i, 1));
	before = *c;
	assert_false(chunk_add(c, 2 * CHUNK_RUNS, 1));
	assert_memory_equal(c, &before, sizeof *c);
	assert_true(chunk_add(c, 2 * CHUNK_RUNS - 1, 1));	/* the last run can still grow */
	assert_int_equal(c->nruns, CHUNK_RUNS);
	assert_int_equal(c->npages, CHUNK_RUNS + 1);
	free(c);
}

/* A machine with more than 1 TiB of zeroes in a row. */
static void test_long_runs(void **state)
{
	struct chunk_head c;

	(void)state;
	chunk_start(&c, CHUNK_ZERO);
	assert_true(chunk_add(&c, 1, 1));
	c.runs[0].count = c.npages = IMAGE_RUN_PAGES;
	assert_true(chunk_add(&c, 1 + (uint64_t)IMAGE_RUN_PAGES, 1));
	assert_int_equal(c.nruns, 2);
	assert_int_equal(c.runs[0].count, IMAGE_RUN_PAGES);
	assert_int_equal(c.runs[1].count, 1);
	c.npages = UINT32_MAX;
	assert_false(chunk_add(&c, 2 + (uint64_t)IMAGE_RUN_PAGES, 1));
	assert_int_equal(c.npages, UINT32_MAX);
	assert_int_equal(c.runs[1].count, 1);
}

static void test_seal_fills_up(void **state)
{
	uint8_t *payload = malloc(2 * IMAGE_BLOCK);
	struct chunk_head c;
	char why[WHY_SIZE];

	(void)state;
	memset(payload, 0xee, 2 * IMAGE_BLOCK);
	chunk_start(&c, CHUNK_DATA);
	chunk_add(&c, 0x200, 1);
	chunk_add(&c, 0x201, 1);
	seal_chunk(&c, 5, CODEC_NONE, payload, 5000);
	assert_int_equal(c.index, 5);
	assert_int_equal(c.packed, 5000);
	assert_int_equal(payload[4999], 0xee);
	for (size_t i = 5000; i < 2 * IMAGE_BLOCK; i++)
		assert_int_equal(payload[i], 0);
	assert_passes(chunk_check_payload(&c, payload, why), why);
	payload[2 * IMAGE_BLOCK - 1] = 1;	/* the filling counts */
	assert_int_equal(chunk_check_payload(&c, payload, why), -1);
	free(payload);
}

int chunk_add_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payload_size),
		cmocka_unit_test(test_runs_join),
		cmocka_unit_test(test_data_is_full),
		cmocka_unit_test(test_runs_are_full),
		cmocka_unit_test(test_long_runs),
		cmocka_unit_test(test_seal_fills_up),
	};

	return cmocka_run_group_tests_name("chunk-add", tests, NULL, NULL);
}
