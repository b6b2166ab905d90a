// SPDX-License-Identifier: GPL-2.0-only
/* free-fill.c - pages left out as free: the reader makes of them what A expects */
#include "../../image/codec.h"
#include "../../image/ram.h"
#include "fakes.h"

/* Every second page up from 0x410, more runs than a chunk has room for, and one long run. */
static bool is_free(uint64_t pfn)
{
	return (pfn >= 0x410 && pfn < 0x800 && pfn % 2) || pfn >= 0x1100;
}

static void save(enum free_fill fill)
{
	struct image_head head = sample_head(IMAGE_WRITING);
	struct target t = disk_copy();
	struct writer w;

	assert_int_equal(writer_begin(&w, &t, codec_by_id(CODEC_NONE), SAMPLE_PAGES), 0);
	memcpy(head.target_id, w.head.target_id, 16);
	head.free_fill = fill;
	w.head = head;
	for (uint64_t pfn = 0; pfn < 0x1100; pfn++)
		if (!ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) || swapped(pfn))
			continue;
		else if (is_free(pfn))
			assert_int_equal(writer_free(&w, pfn, 1), 0);
		else
			assert_int_equal(writer_page(&w, pfn, sleeping_memory + pfn * IMAGE_BLOCK), 0);
	assert_int_equal(writer_free(&w, 0x1100, 0x300), 0);
	assert_int_equal(writer_arm(&w, sample_ram, SAMPLE_RANGES, SAMPLE_SWAPPED), 0);
	assert_int_equal(w.free_pages, 0x1f8 + 0x300);
	writer_end(&w);
}

static void assert_restored(enum free_fill fill, uint8_t byte)
{
	uint8_t free_page[IMAGE_BLOCK];
	struct image img;

	save(fill);
	memset(fake_memory, 0xcc, MEMORY_BYTES);
	memset(free_page, byte, sizeof free_page);
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(img.tail.tail->free_pages, 0x1f8 + 0x300);
	assert_int_equal(image_verify(&img), 0);
	assert_int_equal(image_restore(&img), 0);
	image_close(&img);
	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++)
		if (ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) && !swapped(pfn))
			assert_memory_equal(fake_memory + pfn * IMAGE_BLOCK,
					    is_free(pfn) ? free_page : sleeping_memory + pfn * IMAGE_BLOCK,
					    IMAGE_BLOCK);
}

static void test_fills(void **state)
{
	(void)state;
	assert_restored(FREE_LEAVE, 0xcc);	/* what was there before */
	write_state(IMAGE_USED, 0);
	assert_restored(FREE_ZERO, 0);
	write_state(IMAGE_USED, 0);
	assert_restored(FREE_POISON, 0xaa);
}

static void test_unknown_fill(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE];

	(void)state;
	h.free_fill = 3;
	head_seal(&h);
	assert_refused(head_check(&h, why), why, "head: free_fill is 3, known are 0 to 2");
	h.free_fill = UINT32_MAX;
	head_seal(&h);
	assert_refused(head_check(&h, why), why, "head: free_fill is 4294967295, known are 0 to 2");
}

static void test_full_chunk(void **state)
{
	struct chunk_head c;

	(void)state;
	chunk_start(&c, CHUNK_FREE);
	for (size_t i = 0; i < 15; i++)
		assert_true(chunk_add_run(&c, i << 28, IMAGE_RUN_PAGES));
	assert_false(chunk_add_run(&c, 15ull << 28, IMAGE_RUN_PAGES));	/* npages would wrap */
	assert_int_equal(c.nruns, 15);
	assert_true(chunk_add_run(&c, 15ull << 28, IMAGE_RUN_PAGES - 1));
	chunk_start(&c, CHUNK_FREE);
	for (size_t i = 0; i < CHUNK_RUNS; i++)
		assert_true(chunk_add_run(&c, 2 * i, 1));
	assert_false(chunk_add_run(&c, 2 * CHUNK_RUNS, 1));
	assert_int_equal(c.npages, CHUNK_RUNS);
}

int free_fill_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fills, disk_begin, disk_end),
		cmocka_unit_test(test_unknown_fill),
		cmocka_unit_test(test_full_chunk),
	};

	return cmocka_run_group_tests_name("free-fill", tests, NULL, NULL);
}
