// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagebits.c - bits over the RAM map against an array of bytes, at the ends of its ranges, and in
 * little memory
 */
#include "../../image/pagebits.h"
#include "../../image/ram.h"
#include "unit.h"

#define TOP 0x1400u

static struct pagebits map;
static void *memory;

static void start(const struct ram_range *ram, size_t nram, size_t bytes)
{
	free(memory);
	memory = malloc(bytes);
	memset(memory, 0xcc, bytes);
	pagebits_start(&map, ram, nram, memory, bytes);
}

static int begin(void **state)
{
	(void)state;
	start(sample_ram, SAMPLE_RANGES, pagebits_most(sample_ram, SAMPLE_RANGES));
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(memory);
	memory = NULL;
	return 0;
}

enum result { PAGEBITS_SET, PAGEBITS_REFUSED, PAGEBITS_FULL };

static void assert_add(uint64_t pfn, uint64_t count, enum result wanted)
{
	uint64_t before = map.set, lost = map.lost;

	assert_int_equal(pagebits_add(&map, pfn, count), wanted != PAGEBITS_REFUSED);
	assert_int_equal(map.lost > lost, wanted == PAGEBITS_FULL);
	if (wanted != PAGEBITS_FULL)
		assert_int_equal(map.set, before + (wanted == PAGEBITS_SET ? count : 0));
}

static void fill(uint64_t pfn, uint64_t end_pfn, bool set)
{
	pagebits_fill(&map, (struct ram_range){ pfn * IMAGE_BLOCK, end_pfn * IMAGE_BLOCK }, set);
}

static void test_size(void **state)
{
	const struct ram_range odd[] = { { 0x800, 0x1800 },
					 { 0x2800, 0x4800 },
					 { 0x1ff000, 0x201000 } };

	(void)state;
	/* 0x9e pages in one block, 0x700 in 4, 0x400 in 2 */
	assert_int_equal(pagebits_table(sample_ram, SAMPLE_RANGES), 32);
	assert_int_equal(pagebits_most(sample_ram, SAMPLE_RANGES), 32 + 7 * 64);
	assert_int_equal(pagebits_table(sample_ram, 0), 0);
	/* no whole page, one, and two in different blocks */
	start(odd, 3, pagebits_most(odd, 3));
	assert_int_equal(pagebits_table(odd, 3), 16);
	assert_int_equal(map.nranges, 2);
	assert_int_equal(map.all, 3);
	assert_add(3, 1, PAGEBITS_SET);
	assert_add(2, 1, PAGEBITS_REFUSED);
	assert_add(0x1ff, 2, PAGEBITS_SET);
	assert_int_equal(map.set, map.all);
}

static void test_ends(void **state)
{
	(void)state;
	assert_int_equal(map.all, SAMPLE_PAGES);
	assert_add(0, 1, PAGEBITS_REFUSED);
	assert_add(1, 0x9e, PAGEBITS_SET);
	assert_add(0x9f, 1, PAGEBITS_REFUSED);
	assert_add(0xff, 2, PAGEBITS_REFUSED);
	assert_add(0x7ff, 2, PAGEBITS_REFUSED);
	assert_add(0x100, 0x700, PAGEBITS_SET);
	assert_add(0x13ff, 2, PAGEBITS_REFUSED);
	assert_add(0x1000, UINT64_MAX, PAGEBITS_REFUSED);
	assert_add(0x1000, 0, PAGEBITS_REFUSED);
	assert_add(UINT64_MAX, 1, PAGEBITS_REFUSED);
	assert_add(0x1000, 0x400, PAGEBITS_SET);
	assert_int_equal(map.set, SAMPLE_PAGES);
	/* None twice, and a refusal changes nothing. */
	assert_add(0x200, 1, PAGEBITS_REFUSED);
	pagebits_fill(&map, (struct ram_range){ 0x200000, 0x2ff001 }, false);
	assert_int_equal(map.set, SAMPLE_PAGES - 0x100);
	assert_add(0x200, 0x101, PAGEBITS_REFUSED);
	assert_false(pagebits_has(&map, 0x200));
	pagebits_fill(&map, (struct ram_range){ 0, UINT64_MAX }, false);
	assert_int_equal(map.set, 0);
	pagebits_fill(&map, (struct ram_range){ 0, UINT64_MAX }, true);
	assert_int_equal(map.set, SAMPLE_PAGES);
}

/* The runs that pagebits_next() gives are exactly the pages of want[]. */
static void assert_runs(const uint8_t *want)
{
	uint64_t pfn = 0, last = UINT64_MAX, count;
	uint8_t got[TOP] = { 0 };

	for (; pagebits_next(&map, &pfn, &count); pfn += count) {
		assert_in_range(count, 1, TOP - pfn);
		assert_int_not_equal(pfn, last);	/* else it were one run */
		memset(got + pfn, 1, count);
		last = pfn + count;
	}
	assert_memory_equal(got, want, TOP);
}

/*
 * Without a leaf a page stays clear, or a whole block becomes so: never is one set that should not
 * be.
 */
static void random_changes(bool tight)
{
	uint8_t want[TOP] = { 0 };

	for (int i = 0; i < 800; i++) {
		uint64_t pfn = random_below(TOP), count = 1 + random_below(i % 3 ? 1200 : 5),
			 pages = 0;
		bool set = random_below(3), fits = ram_holds(sample_ram, SAMPLE_RANGES, pfn, count);

		for (uint64_t p = pfn; fits && p < pfn + count; p++)
			fits = !want[p];
		if (i % 2)
			fill(pfn, pfn + count, set);
		else
			assert_int_equal(pagebits_add(&map, pfn, count), fits);
		for (uint64_t p = pfn; p < pfn + count && p < TOP; p++)
			if (ram_holds(sample_ram, SAMPLE_RANGES, p, 1) && (i % 2 || fits))
				want[p] = i % 2 ? set : 1;
		for (uint64_t p = 0; p < TOP; p++) {
			bool has = pagebits_has(&map, p);

			assert_true(tight ? has <= want[p] : has == want[p]);
			want[p] = has;
			pages += has;
		}
		assert_int_equal(map.set, pages);
		if (i % 100 == 0)
			assert_runs(want);
	}
}

static void test_random(void **state)
{
	(void)state;
	random_start(57);
	random_changes(false);
}

static void test_few_leaves(void **state)
{
	(void)state;
	random_start(58);
	for (size_t leaves = 0; leaves < 4; leaves++) {
		start(sample_ram, SAMPLE_RANGES, 32 + leaves * 64);
		assert_int_equal(map.nleaves, leaves);
		random_changes(true);
	}
}

/* A block of one kind gives its leaf back. */
static void test_leaves(void **state)
{
	(void)state;
	start(sample_ram, SAMPLE_RANGES, 32 + 64);
	for (int i = 0; i < 3; i++) {
		assert_add(0x200, 1, PAGEBITS_SET);
		assert_add(0x400, 2, PAGEBITS_FULL);
		assert_add(0x400, 0x200, PAGEBITS_SET);
		assert_add(0x201, 0x1ff, PAGEBITS_SET);		/* the block is full */
		fill(0x410, 0x420, false);
		assert_int_equal(map.set, 0x400 - 0x10);
		fill(0x210, 0x220, false); /* no leaf: all of it becomes clear */
		assert_int_equal(map.set, 0x200 - 0x10);
		fill(0x400, 0x600, false);
		assert_int_equal(map.set, 0);
	}
	assert_int_equal(map.used, 1);
}

/*
 * A machine with 1 TiB, every block of whose first quarter is mixed, in the 8 MiB that the saver
 * has.
 */
static void test_terabyte(void **state)
{
	const struct ram_range ram[] = { { 0x1000, 0x9f000 }, { 0x100000, 1ull << 40 } };
	const uint64_t pages = 1ull << 28, quarter = pages / 4;
	struct pagebits *free_map = calloc(1, sizeof *free_map);
	uint64_t pfn, count;

	(void)state;
	assert_in_range(pagebits_table(ram, 2), 2u << 20, (2u << 20) + 64);
	free(memory);
	memory = malloc(8u << 20);
	pagebits_start(free_map, ram, 2, memory, 8u << 20);
	for (pfn = 0x200; pfn < quarter; pfn += PAGEBITS_BLOCK)
		assert_true(pagebits_add(free_map, pfn + 4, 4));
	for (pfn = quarter; pfn < pages; pfn += 1024)
		assert_true(pagebits_add(free_map, pfn, 1024));
	/*
	 * There are leaves for some 98,000 of the 131,071 mixed blocks, and the other blocks need
	 * none.
	 */
	assert_int_equal(free_map->set + free_map->lost,
			 (quarter / PAGEBITS_BLOCK - 1) * 4 + pages - quarter);
	assert_in_range(free_map->lost, 1, 4 * 33000);
	assert_true(pagebits_has(free_map, 0x204));
	assert_false(pagebits_has(free_map, 0x208));
	assert_true(pagebits_has(free_map, pages - 1));
	assert_false(pagebits_add(free_map, pages - 1, 1));
	pfn = quarter - 1;
	assert_true(pagebits_next(free_map, &pfn, &count));
	assert_int_equal(pfn, quarter);
	assert_int_equal(count, pages - quarter);
	pagebits_fill(free_map, (struct ram_range){ quarter * IMAGE_BLOCK, UINT64_MAX }, false);
	assert_in_range(free_map->set, 4 * 98000, 4 * 99000);
	free(free_map);
}

static void test_none(void **state)
{
	static const struct pagebits none;
	struct pagebits nothing = none;
	uint64_t pfn = 0, count;

	(void)state;
	assert_false(pagebits_has(&none, 0x100));
	assert_false(pagebits_add(&nothing, 0x100, 1));
	assert_false(pagebits_next(&none, &pfn, &count));
	pagebits_fill(&nothing, sample_ram[1], false);
	assert_int_equal(nothing.set, 0);
}

int pagebits_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_size, begin, end),
		cmocka_unit_test_setup_teardown(test_ends, begin, end),
		cmocka_unit_test_setup_teardown(test_random, begin, end),
		cmocka_unit_test_setup_teardown(test_few_leaves, begin, end),
		cmocka_unit_test_setup_teardown(test_leaves, begin, end),
		cmocka_unit_test_setup_teardown(test_terabyte, begin, end),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("pagebits", tests, NULL, NULL);
}
