// SPDX-License-Identifier: GPL-2.0-only
/* memmap.c - the drawn map: cells of an equal share, and how they look */
#include "../../tools/pages.h"
#include "unit.h"

static const struct page_run runs[] = {
	{ .pfn = 0x1, .class = PAGE_EXCHANGED, .count = 3 },
	{ .pfn = 0x100, .class = PAGE_SAVED, .count = 5 },
	{ .pfn = 0x105, .class = PAGE_ZERO, .count = 2 },
};

static void test_deal(void **state)
{
	struct cell cells[4];

	(void)state;
	assert_int_equal(memmap_deal(runs, 3, cells, 4), 3);	/* 10 pages: 3, 3, 3, 1 */
	assert_int_equal(cells[0].pages[PAGE_EXCHANGED], 3);
	assert_int_equal(cells[0].pages[PAGE_SAVED], 0);
	assert_int_equal(cells[1].pages[PAGE_SAVED], 3);
	assert_int_equal(cells[2].pages[PAGE_SAVED], 2);
	assert_int_equal(cells[2].pages[PAGE_ZERO], 1);
	assert_int_equal(cells[3].pages[PAGE_ZERO], 1);
}

static void test_deal_vast(void **state)
{
	static struct page_run vast[16];
	struct cell cells[3];

	(void)state;
	for (int i = 0; i < 16; i++)
		vast[i] = (struct page_run){ .pfn = (uint64_t)i << 36, .class = PAGE_FREE,
					     .count = IMAGE_RUN_PAGES };
	assert_int_equal(memmap_deal(vast, 16, cells, 3), (16ull * IMAGE_RUN_PAGES + 2) / 3);
	assert_int_equal(
		cells[0].pages[PAGE_FREE] + cells[1].pages[PAGE_FREE] + cells[2].pages[PAGE_FREE],
		16ull * IMAGE_RUN_PAGES);
}

static void assert_drawn(const struct page_run *r, size_t n, struct screen s, const char *wanted)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	memmap_draw(r, n, s, out);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

#define LEGEND "\n              :+*# saved   . zero   - free   x exchanged by the jump\n"

/* A page a cell: each class has its sign, and a second row its address. */
static void test_ascii(void **state)
{
	const struct page_run some[] = {
		{ .pfn = 1, .class = PAGE_EXCHANGED, .count = 2 },
		{ .pfn = 3, .class = PAGE_SAVED, .count = 9 },
		{ .pfn = 0x100, .class = PAGE_ZERO, .count = 7 },
		{ .pfn = 0x107, .class = PAGE_FREE, .count = 2 },
	};
	const struct screen narrow = { .columns = 20 };

	(void)state;
	assert_drawn(some, 4, narrow,
		     "        1000  xx#########.....\n"
		     "      105000  ..--" LEGEND
		     "              one cell: 4 KiB of RAM\n");
}

/* Of a cell of eight pages, so many are saved; exchanged ones show if they are the most. */
static void test_shades(void **state)
{
	static const char signs[] = "..::++***#";
	struct page_run some[3];
	const struct screen s = { .columns = 30 };
	char line[2];

	(void)state;
	for (uint32_t saved = 1; saved <= 8; saved++) {
		struct page_run full[2] = {
			{ .pfn = 0, .class = PAGE_SAVED, .count = saved },
			{ .pfn = saved, .class = PAGE_ZERO, .count = 8 * 256 - saved },
		};
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		memmap_draw(full, 2, s, out);
		fclose(out);
		snprintf(line, sizeof line, "%c", text[14]);
		assert_int_equal(line[0], saved >= 7 ? '#' : signs[saved + 1]);
		free(text);
	}
	some[0] = (struct page_run){ .pfn = 0, .class = PAGE_EXCHANGED, .count = 5 };
	some[1] = (struct page_run){ .pfn = 5, .class = PAGE_SAVED, .count = 3 };
	some[2] = (struct page_run){ .pfn = 8, .class = PAGE_FREE, .count = 8 * 15 };
	assert_int_equal(memmap_deal(some, 3, (struct cell[16]){ 0 }, 16), 8);
}

static void test_utf8_colour(void **state)
{
	const struct page_run one[] = { { .pfn = 0, .class = PAGE_SAVED, .count = 2 } };
	const struct screen s = { .columns = 200, .utf8 = true, .colour = true };

	(void)state;
	assert_drawn(one, 1, s,
		     "           0  \033[0m\033[36m██\033[0m\n"
		     "              \033[0m\033[36m░▒▓█\033[0m saved   "
		     "\033[0m\033[33m·\033[0m zero   \033[0m\033[2m╌\033[0m free   "
		     "\033[0m\033[35m╳\033[0m exchanged by the jump\n"
		     "              one cell: 4 KiB of RAM\n");
}

static void test_no_memory(void **state)
{
	const struct screen s = { .columns = 80 };

	(void)state;
	assert_drawn(NULL, 0, s, "");
}

int memmap_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deal),
		cmocka_unit_test(test_deal_vast),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_shades),
		cmocka_unit_test(test_utf8_colour),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("memmap", tests, NULL, NULL);
}
