// SPDX-License-Identifier: GPL-2.0-only
/* page.c - pages are copied, cleared and tested to the last byte, and not one byte further */
#include "../../image/page.h"
#include "unit.h"

static uint8_t *pages(size_t n)
{
	uint8_t *p = aligned_alloc(IMAGE_BLOCK, n * IMAGE_BLOCK);

	assert_non_null(p);
	return p;
}

static void test_is_zero(void **state)
{
	uint8_t *page = pages(1);

	(void)state;
	memset(page, 0, IMAGE_BLOCK);
	assert_true(page_is_zero(page));
	for (size_t i = 0; i < IMAGE_BLOCK; i++) {
		page[i] = 1u << i % 8;
		if (page_is_zero(page))
			fail_msg("byte %zu is not seen", i);
		page[i] = 0;
	}
	free(page);
}

static void test_copy(void **state)
{
	uint8_t *from = pages(3), *to = pages(3);

	(void)state;
	random_start(2);
	for (size_t i = 0; i < 3 * IMAGE_BLOCK; i++)
		from[i] = random_next();
	pages_copy(to, from, 3);
	assert_memory_equal(to, from, 3 * IMAGE_BLOCK);

	memset(to, 0x55, 3 * IMAGE_BLOCK);
	pages_copy(to + IMAGE_BLOCK, from, 1);
	assert_memory_equal(to + IMAGE_BLOCK, from, IMAGE_BLOCK);
	assert_int_equal(to[IMAGE_BLOCK - 1], 0x55);
	assert_int_equal(to[2 * IMAGE_BLOCK], 0x55);
	pages_copy(to, from, 0);
	assert_int_equal(to[0], 0x55);
	free(from);
	free(to);
}

static void test_clear(void **state)
{
	uint8_t *p = pages(4);

	(void)state;
	memset(p, 0xff, 4 * IMAGE_BLOCK);
	pages_fill(p + IMAGE_BLOCK, 2, 0);
	assert_true(page_is_zero(p + IMAGE_BLOCK));
	assert_true(page_is_zero(p + 2 * IMAGE_BLOCK));
	assert_int_equal(p[IMAGE_BLOCK - 1], 0xff);
	assert_int_equal(p[3 * IMAGE_BLOCK], 0xff);
	free(p);
}

int page_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_zero),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
