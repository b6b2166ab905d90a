// SPDX-License-Identifier: GPL-2.0-only
/* ram.c - lists of ranges: sorting, counting, looking up and cutting, up to the last address */
#include "../../image/ram.h"
#include "../../image/page.h"
#include "unit.h"

#define TOP UINT64_MAX

static void test_normalize(void **state)
{
	struct ram_range r[] = { { 0x5000, 0x6000 }, { 0x1000, 0x3000 }, { 0x3000, 0x4000 } };
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(ram_normalize(r, 3, why), 2);
	assert_int_equal(r[0].start, 0x1000);
	assert_int_equal(r[0].end, 0x4000);
	assert_int_equal(r[1].start, 0x5000);
	assert_int_equal(r[1].end, 0x6000);
	assert_int_equal(ram_normalize(NULL, 0, why), 0);
	r[0] = (struct ram_range){ 0, TOP };
	assert_int_equal(ram_normalize(r, 1, why), 1);
	assert_int_equal(r[0].end, TOP);
}

static void test_normalize_refuses(void **state)
{
	struct ram_range empty[] = { { 0x3000, 0x3000 }, { 0x1000, 0x2000 } };
	struct ram_range backwards[] = { { TOP, 0x1000 } };
	struct ram_range overlap[] = { { 0x1000, 0x3000 }, { 0x2fff, 0x4000 } };
	struct ram_range inside[] = { { 0x1000, 0x9000 }, { 0x2000, 0x3000 }, { 0x1000, 0x9000 } };
	char why[WHY_SIZE];

	(void)state;
	assert_refused(ram_normalize(empty, 2, why), why,
		       "RAM range 1: start 0x3000, end 0x3000");
	assert_refused(ram_normalize(backwards, 1, why), why,
		       "RAM range 0: start 0xffffffffffffffff, end 0x1000");
	assert_refused(ram_normalize(overlap, 2, why), why,
		       "RAM ranges overlap: one ends at 0x3000, the next starts at 0x2fff");
	assert_refused(ram_normalize(inside, 3, why), why,
		       "RAM ranges overlap: one ends at 0x9000, the next starts at 0x1000");
}

static void test_counts(void **state)
{
	const struct ram_range odd[] = {
		{ 0x1001, 0x3000 },	/* one whole page */
		{ 0x4001, 0x5fff },	/* none */
		{ 0x6100, 0x6200 },	/* none, within one page */
		{ 0x7000, 0x7001 },	/* none */
		{ 0x8000, 0xa000 },	/* two */
	};

	(void)state;
	assert_int_equal(ram_pages(odd, 5), 3);
	assert_int_equal(ram_bytes(odd, 5), 0x1fff + 0x1ffe + 0x100 + 1 + 0x2000);
	assert_int_equal(ram_pages(odd, 0), 0);
	assert_int_equal(ram_bytes(odd, 0), 0);
	assert_int_equal(ram_pages(sample_ram, SAMPLE_RANGES), SAMPLE_PAGES);
	assert_int_equal(ram_pages(&(struct ram_range){ 0, TOP }, 1), TOP / IMAGE_BLOCK);
	assert_int_equal(ram_pages(&(struct ram_range){ TOP - 1, TOP }, 1), 0);
}

static void test_digest(void **state)
{
	struct ram_range r[SAMPLE_RANGES];
	uint64_t sum = ram_digest(sample_ram, SAMPLE_RANGES);

	(void)state;
	memcpy(r, sample_ram, sizeof r);
	assert_int_equal(sum, sum64(r, sizeof r));
	for (size_t i = 0; i < 8 * sizeof r; i++) {
		((uint8_t *)r)[i / 8] ^= 1u << i % 8;
		assert_int_not_equal(ram_digest(r, SAMPLE_RANGES), sum);
		((uint8_t *)r)[i / 8] ^= 1u << i % 8;
	}
	assert_int_not_equal(ram_digest(r, SAMPLE_RANGES - 1), sum);
}

static void test_holds(void **state)
{
	const struct ram_range r[] = { { 0x1000, 0x3000 },
				       { 0x3800, 0x6800 },
				       { TOP - 0x4fff, TOP } };
	const struct ram_range touching[] = { { 0x1000, 0x2000 }, { 0x2000, 0x3000 } };
	const uint64_t last = TOP / IMAGE_BLOCK;

	(void)state;
	assert_true(ram_holds(r, 3, 1, 2));
	assert_true(ram_holds(r, 3, 2, 1));
	assert_false(ram_holds(r, 3, 0, 1));
	assert_false(ram_holds(r, 3, 0, 2));
	assert_false(ram_holds(r, 3, 1, 3));
	assert_false(ram_holds(r, 3, 3, 1));	/* RAM in part */
	assert_true(ram_holds(r, 3, 4, 2));
	assert_false(ram_holds(r, 3, 4, 3));	/* the last one in part */
	assert_false(ram_holds(r, 3, 1, 0));
	assert_false(ram_holds(r, 0, 1, 1));
	assert_true(ram_holds(touching, 2, 2, 1));
	assert_false(ram_holds(touching, 2, 1, 2));	/* not in one of them */
	/* start + count would wrap in all of these */
	assert_false(ram_holds(r, 3, 1, UINT64_MAX));
	assert_false(ram_holds(r, 3, 2, UINT64_MAX - 1));
	assert_false(ram_holds(r, 3, UINT64_MAX, 2));
	assert_false(ram_holds(r, 3, UINT64_MAX, 1));
	assert_false(ram_holds(r, 3, UINT64_MAX / IMAGE_BLOCK + 2, 1));
	assert_true(ram_holds(r, 3, last - 1, 1));
	assert_false(ram_holds(r, 3, last - 1, 2));
	assert_false(ram_holds(r, 3, last, UINT64_MAX));
}

static void cut_one(struct ram_range cut, size_t n, const struct ram_range *wanted)
{
	struct ram_range *r = malloc(3 * sizeof *r);	/* room for one more, and no more */

	r[0] = (struct ram_range){ 0x1000, 0x3000 };
	r[1] = (struct ram_range){ 0x5000, 0x9000 };
	assert_int_equal(ram_cut(r, 2, cut), n);
	assert_memory_equal(r, wanted, n * sizeof *r);
	free(r);
}

static void test_cut(void **state)
{
	typedef struct ram_range range;

	(void)state;
	cut_one((range){ 0x3000, 0x5000 }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x9000 } });
	cut_one((range){ 0, 0x1000 }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x9000 } });
	cut_one((range){ 0x9000, TOP }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x9000 } });
	cut_one((range){ 0x6000, 0x7000 }, 3,
		(range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x6000 }, { 0x7000, 0x9000 } });
	cut_one((range){ 0x2000, 0x6000 }, 2, (range[]){ { 0x1000, 0x2000 }, { 0x6000, 0x9000 } });
	cut_one((range){ 0x1000, 0x3000 }, 1, (range[]){ { 0x5000, 0x9000 } });
	cut_one((range){ 0x5000, 0x9000 }, 1, (range[]){ { 0x1000, 0x3000 } });
	cut_one((range){ 0, 0x5000 }, 1, (range[]){ { 0x5000, 0x9000 } });
	cut_one((range){ 0x5000, 0x6000 }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x6000, 0x9000 } });
	cut_one((range){ 0x8000, 0x9000 }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x8000 } });
	cut_one((range){ 0x8000, TOP }, 2, (range[]){ { 0x1000, 0x3000 }, { 0x5000, 0x8000 } });
	cut_one((range){ 0, TOP }, 0, NULL);
}

/* The same as clearing the bits of a map, one for each page. */
static void test_cut_like_a_bitmap(void **state)
{
	(void)state;
	random_start(3);
	for (int round = 0; round < 2000; round++) {
		struct ram_range r[20];
		bool bits[64] = { false };
		size_t n = 0;

		for (uint64_t at = random_below(4); at < 60; at += 1 + random_below(6)) {
			uint64_t end = at + 1 + random_below(60 - at);

			r[n++] = (struct ram_range){ at * IMAGE_BLOCK, end * IMAGE_BLOCK };
			memset(bits + at, true, end - at);
			at = end;
		}
		for (int cuts = 0; cuts < 4; cuts++) {
			uint64_t from = random_below(60), to = from + random_below(64 - from) + 1;

			n = ram_cut(r, n,
				    (struct ram_range){ from * IMAGE_BLOCK, to * IMAGE_BLOCK });
			memset(bits + from, false, to - from);
		}
		for (uint64_t pfn = 0; pfn < 64; pfn++)
			assert_int_equal(ram_holds(r, n, pfn, 1), bits[pfn]);
	}
}

int ram_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalize),
		cmocka_unit_test(test_normalize_refuses),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_like_a_bitmap),
	};

	return cmocka_run_group_tests_name("ram", tests, NULL, NULL);
}
