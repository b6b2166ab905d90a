// SPDX-License-Identifier: GPL-2.0-only
/* freemap.c - the map of free pages against an array of bytes, and at the ends of its ranges */
#include "../../linux/freemap.h"
#include "unit.h"

#define TOP 0x1400u

static struct freemap map;
static uint64_t *bits;

static int begin(void **state)
{
	(void)state;
	bits = calloc(1, freemap_size(sample_ram, SAMPLE_RANGES));
	freemap_start(&map, sample_ram, SAMPLE_RANGES, bits);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(bits);
	return 0;
}

static void test_size(void **state)
{
	const struct ram_range odd[] = { { 0x800, 0x1800 }, { 0x2800, 0x4800 }, { 0x5000, 0x45000 } };

	(void)state;
	/* 0x9e, 0x700 and 0x400 pages, each range in whole words */
	assert_int_equal(freemap_size(sample_ram, SAMPLE_RANGES), (0xc0 + 0x700 + 0x400) / 8);
	assert_int_equal(freemap_size(odd, 3), 16);	/* no whole page, one, 64 */
	freemap_start(&map, odd, 3, bits);
	assert_int_equal(map.nranges, 2);
	assert_true(freemap_holds(&map, 3, 1));
	assert_false(freemap_holds(&map, 3, 2));
	assert_false(freemap_holds(&map, 2, 1));
}

static void test_ends(void **state)
{
	(void)state;
	assert_false(freemap_add(&map, 0, 1));
	assert_true(freemap_add(&map, 1, 0x9e));
	assert_false(freemap_add(&map, 0x9f, 1));
	assert_false(freemap_add(&map, 0xff, 2));
	assert_false(freemap_add(&map, 0x7ff, 2));
	assert_true(freemap_add(&map, 0x100, 0x700));
	assert_false(freemap_add(&map, 0x13ff, 2));
	assert_false(freemap_add(&map, 0x1000, UINT64_MAX));
	assert_false(freemap_add(&map, 0x1000, 0));
	assert_false(freemap_add(&map, UINT64_MAX, 1));
	assert_true(freemap_add(&map, 0x1000, 0x400));
	assert_int_equal(map.pages, SAMPLE_PAGES);
	/* None twice, and a refusal changes nothing. */
	assert_false(freemap_add(&map, 0x200, 1));
	freemap_remove(&map, (struct ram_range){ 0x200000, 0x2ff001 });
	assert_int_equal(map.pages, SAMPLE_PAGES - 0x100);
	assert_false(freemap_add(&map, 0x200, 0x101));
	assert_int_equal(map.pages, SAMPLE_PAGES - 0x100);
	assert_false(freemap_has(&map, 0x200));
	freemap_remove(&map, (struct ram_range){ 0, UINT64_MAX });
	assert_int_equal(map.pages, 0);
}

/* The runs that freemap_next() gives are exactly the pages of want[]. */
static void assert_runs(const uint8_t *want)
{
	uint8_t got[TOP] = { 0 };
	uint64_t pfn = 0, last = UINT64_MAX;
	uint32_t count;

	for (; freemap_next(&map, &pfn, &count); pfn += count) {
		assert_in_range(count, 1, TOP - pfn);
		assert_int_not_equal(pfn, last);	/* else it were one run */
		memset(got + pfn, 1, count);
		last = pfn + count;
	}
	assert_memory_equal(got, want, TOP);
}

static void test_random(void **state)
{
	uint8_t want[TOP] = { 0 };
	uint64_t pages = 0;

	(void)state;
	random_start(57);
	for (int i = 0; i < 3000; i++) {
		uint64_t pfn = random_below(TOP), count = 1 + random_below(i % 3 ? 200 : 5);
		bool fits = freemap_holds(&map, pfn, count);

		if (i % 2) {
			freemap_remove(&map, (struct ram_range){ pfn * IMAGE_BLOCK,
								 (pfn + count) * IMAGE_BLOCK });
			for (uint64_t p = pfn; p < pfn + count && p < TOP; p++) {
				pages -= want[p];
				want[p] = 0;
			}
		} else {
			for (uint64_t p = pfn; fits && p < pfn + count; p++)
				fits = !want[p];
			assert_int_equal(freemap_add(&map, pfn, count), fits);
			if (fits) {
				memset(want + pfn, 1, count);
				pages += count;
			}
		}
		assert_int_equal(map.pages, pages);
		if (i % 100 == 0)
			assert_runs(want);
	}
	for (uint64_t p = 0; p < TOP + 100; p++)
		assert_int_equal(freemap_has(&map, p), p < TOP && want[p]);
	assert_runs(want);
}

static void test_none(void **state)
{
	struct freemap none = { 0 };
	uint64_t pfn = 0;
	uint32_t count;

	(void)state;
	assert_false(freemap_has(&none, 0x100));
	assert_false(freemap_add(&none, 0x100, 1));
	assert_false(freemap_next(&none, &pfn, &count));
	freemap_remove(&none, sample_ram[1]);
	assert_int_equal(none.pages, 0);
}

int freemap_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_size, begin, end),
		cmocka_unit_test_setup_teardown(test_ends, begin, end),
		cmocka_unit_test_setup_teardown(test_random, begin, end),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("freemap", tests, NULL, NULL);
}
