// SPDX-License-Identifier: GPL-2.0-only
/* free-fill.c - pages left out as free: the reader makes of them what A expects */
#include "../../image/ram.h"
#include "../../initramfs/pack.h"
#include "fakes.h"

/* Every second page up from 0x410, more runs than a chunk has room for, and one long run. */
static bool is_free(uint64_t pfn)
{
	return (pfn >= 0x410 && pfn < 0x800 && pfn % 2) || pfn >= 0x1100;
}

static void save(enum free_fill fill)
{
	static uint64_t memory[200];
	struct pagebits free;
	struct writer w;

	assert_true(pagebits_most(sample_ram, SAMPLE_RANGES) <= sizeof memory);
	pagebits_start(&free, sample_ram, SAMPLE_RANGES, memory, sizeof memory);
	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++)
		if (ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) && !swapped(pfn) && is_free(pfn))
			assert_true(pagebits_add(&free, pfn, 1));
	assert_int_equal(write_but_free(&w, &free, fill), 0);
	assert_int_equal(writer_finish(&w, &sample_facts), 0);
	assert_int_equal(writer_arm(&w), 0);
	assert_int_equal(w.pages[CHUNK_FREE], 0x1f8 + 0x300);
	writer_end(&w);
}

static void assert_restored(enum free_fill fill, uint8_t byte)
{
	static uint8_t chunk[IMAGE_CHUNK_BYTES] __attribute__((aligned(IMAGE_BLOCK)));
	uint8_t free_page[IMAGE_BLOCK];
	struct image img;

	save(fill);
	memset(fake_memory, 0xcc, MEMORY_BYTES);
	memset(free_page, byte, sizeof free_page);
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(img.tail.tail->free_pages, 0x1f8 + 0x300);
	assert_int_equal(image_read_chunk(&img, 0, chunk), 0);
	assert_int_equal(((struct chunk_head *)chunk)->kind,
			 CHUNK_FREE); /* what takes long comes first */
	assert_int_equal(image_verify(&img), 0);
	assert_int_equal(image_restore(&img), 0);
	image_close(&img);
	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++)
		if (ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) && !swapped(pfn))
			assert_memory_equal(fake_memory + pfn * IMAGE_BLOCK,
					    is_free(pfn) ? free_page
							 : sleeping_memory + pfn * IMAGE_BLOCK,
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

/* Of 1 GiB less a page, all free, chunks are made that no worker clears for long. */
static void assert_free_chunks(enum free_fill fill, uint32_t chunks)
{
	static const struct ram_range gigabyte[] = { { 0, 1 << 30 } };
	static uint64_t memory[1024];
	const struct vmcore none = { .file.fd = -1 };
	const struct codec *codec = codec_by_id(CODEC_NONE);
	struct target t = disk_copy();
	struct pagebits free;
	struct writer w;

	pagebits_start(&free, gigabyte, 1, memory, sizeof memory);
	assert_true(pagebits_add(&free, 0, 5));
	assert_true(pagebits_add(&free, 6, (1 << 18) - 6));
	assert_int_equal(writer_begin(&w, &t, 1 << 18), 0);
	w.head.free_fill = fill;
	assert_int_equal(pack_memory(&w, &none, &free, codec, 0), 0);
	assert_int_equal(w.nchunks, chunks);
	assert_int_equal(w.pages[CHUNK_FREE], (1 << 18) - 1);
	writer_end(&w);
}

static void test_free_chunks(void **state)
{
	(void)state;
	assert_free_chunks(FREE_LEAVE, 1);
	assert_free_chunks(FREE_ZERO, 16);
	assert_free_chunks(FREE_POISON, 16);
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
		assert_int_equal(chunk_add(&c, i << 28, IMAGE_RUN_PAGES), IMAGE_RUN_PAGES);
	assert_int_equal(c.nruns, 15);
	/* npages would wrap */
	assert_int_equal(chunk_add(&c, 15ull << 28, IMAGE_RUN_PAGES), IMAGE_RUN_PAGES - 1);
	assert_int_equal(chunk_add(&c, 16ull << 28, 1), 0);
	chunk_start(&c, CHUNK_FREE);
	for (size_t i = 0; i < CHUNK_RUNS; i++)
		assert_int_equal(chunk_add(&c, 2 * i, 1), 1);
	assert_int_equal(chunk_add(&c, 2 * CHUNK_RUNS, 1), 0);
	assert_int_equal(c.npages, CHUNK_RUNS);
}

int free_fill_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fills, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_free_chunks, disk_begin, disk_end),
		cmocka_unit_test(test_unknown_fill),
		cmocka_unit_test(test_full_chunk),
	};

	return cmocka_run_group_tests_name("free-fill", tests, NULL, NULL);
}
