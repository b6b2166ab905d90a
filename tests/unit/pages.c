// SPDX-License-Identifier: GPL-2.0-only
/* pages.c - the index of an image finds each page; two images are compared by it */
#include <sys/mman.h>
#include <unistd.h>

#include "../../image/codec.h"
#include "../../image/ram.h"
#include "../../image/page.h"
#include "../../tools/pages.h"
#include "fakes.h"

static struct image img;
static struct pages p;

static void open_saved(void)
{
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(pages_open(&p, &img), 0);
}

static void close_saved(void)
{
	pages_close(&p);
	image_close(&img);
}

static void test_each_page(void **state)
{
	uint64_t counts[PAGE_CLASSES] = { 0 };

	(void)state;
	open_saved();
	for (uint64_t pfn = 0; pfn < TOP_PFN + 2; pfn++) {
		const uint8_t *page, *memory = sleeping_memory + pfn * IMAGE_BLOCK;
		const struct page_run *run = pages_find(&p, pfn);

		assert_int_equal(pages_at(&p, pfn, &page), 0);
		if (!ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1)) {
			assert_null(run);
			assert_null(page);
			continue;
		}
		assert_non_null(run);
		assert_true(pfn >= run->pfn && pfn < run->pfn + run->count);
		counts[run->class]++;
		assert_int_equal(run->class == PAGE_EXCHANGED, swapped(pfn));
		if (swapped(pfn))
			assert_null(page);
		else
			assert_memory_equal(page, memory, IMAGE_BLOCK);
	}
	assert_int_equal(counts[PAGE_SAVED], img.tail.tail->saved_pages);
	assert_int_equal(counts[PAGE_ZERO], img.tail.tail->zero_pages);
	assert_int_equal(counts[PAGE_EXCHANGED], SAMPLE_SWAPPED);
	assert_int_equal(p.codecs[CODEC_NONE].unpacked, img.tail.tail->saved_pages * IMAGE_BLOCK);
	close_saved();
}

static void flip(uint64_t offset)
{
	uint8_t byte;

	assert_int_equal(pread(disk.fd, &byte, 1, offset), 1);
	byte ^= 4;
	assert_int_equal(pwrite(disk.fd, &byte, 1, offset), 1);
}

static void test_damage(void **state)
{
	const uint8_t *page;

	(void)state;
	open_saved();
	flip(img.tail.chunks[0].offset + IMAGE_BLOCK + 5); /* contents, of the first data chunk */
	quiet = true;
	assert_int_equal(pages_at(&p, 0x100, &page), -1);
	assert_last_failure("chunk 0: checksum of its data is");
	pages_close(&p);
	flip(img.tail.chunks[1].offset + 5);
	assert_int_equal(pages_open(&p, &img), -1);
	assert_last_failure("chunk 1: ");
	assert_int_equal(img.verdict, SET_ASIDE);
	quiet = false;
	close_saved();
}

/* Let the first zero chunk have other runs, under checksums that are right. */
static void change_zero_chunk(void (*change)(struct chunk_head *))
{
	struct chunk_head chunk;
	uint32_t i = 0;

	assert_int_equal(open_image(&img, false), 0);
	do
		assert_int_equal(pread(disk.fd, &chunk, sizeof chunk, img.tail.chunks[i++].offset),
				 sizeof chunk);
	while (chunk.kind != CHUNK_ZERO);
	change(&chunk);
	seal_chunk(&chunk, --i, 0, NULL, 0);
	assert_int_equal(pwrite(disk.fd, &chunk, sizeof chunk, img.tail.chunks[i].offset),
			 sizeof chunk);
	img.tail.chunks[i].sum = chunk.sum;
	img.head.tail_sum = sum64(img.tail.tail, img.head.tail_length);
	assert_int_equal(pwrite(disk.fd, img.tail.tail, img.head.tail_length, img.head.tail_offset),
			 img.head.tail_length);
	assert_int_equal(target_write_head(&disk, &img.head), 0);
	image_close(&img);
}

static void twice(struct chunk_head *chunk)
{
	chunk->runs[1] = chunk->runs[0];
	chunk->npages = 0;
	for (uint32_t r = 0; r < chunk->nruns; r++)
		chunk->npages += chunk->runs[r].count;
}

static void never(struct chunk_head *chunk)
{
	chunk->runs[0].count--;
	chunk->npages--;
}

static void test_cover(void **state)
{
	(void)state;
	save_all();
	change_zero_chunk(never);
	assert_int_equal(open_image(&img, false), 0);
	assert_fails(pages_open(&p, &img),
		     "disk: RAM map has %u pages, the chunks and the exchanged memory %u",
		     SAMPLE_PAGES, SAMPLE_PAGES - 1);
	close_saved();
	change_zero_chunk(twice);
	assert_int_equal(open_image(&img, false), 0);
	assert_fails(pages_open(&p, &img), "disk: page %#x comes twice", 0x101);
	assert_int_equal(img.verdict, SET_ASIDE);
	close_saved();
}

static void test_compare(void **state)
{
	struct comparison c = { .limit = 2 };
	struct target first;
	struct image other;
	struct pages q;

	(void)state;
	save_all();
	first = disk;
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(pages_open(&p, &img), 0);
	assert_int_equal(compare(&c, &p, &p), 0);
	assert_int_equal(c.sum[EQUAL], SAMPLE_PAGES - SAMPLE_SWAPPED);
	assert_int_equal(c.sum[NEITHER], SAMPLE_SWAPPED);
	assert_int_equal(c.sum[DIFFERING] + c.sum[ONLY_FIRST] + c.sum[ONLY_SECOND] + c.nranges, 0);

	/* A second disk, of a system that went on. */
	disk = (struct target){ .kind = &target_part, .fd = memfd_create("other", 0),
				.name = "other",
				.size = DISK_BYTES };
	assert_int_equal(ftruncate(disk.fd, DISK_BYTES), 0);
	assert_int_equal(target_write_head(&disk, &(struct image_head){ .state = IMAGE_EMPTY }), 0);
	sleeping_memory[0x500 * IMAGE_BLOCK] ^= 1;		/* saved, then saved */
	sleeping_memory[0x501 * IMAGE_BLOCK + 4095] ^= 1;	/* the one behind it */
	memset(sleeping_memory + 0x508 * IMAGE_BLOCK, 0, IMAGE_BLOCK);	/* saved, then zero */
	sleeping_memory[0x601 * IMAGE_BLOCK] = 1;		/* zero, then saved */
	sleeping_memory[0x200 * IMAGE_BLOCK] ^= 1;		/* exchanged: not seen */
	save_all();
	assert_int_equal(open_image(&other, false), 0);
	assert_int_equal(pages_open(&q, &other), 0);
	c = (struct comparison){ .limit = 2 };
	assert_int_equal(compare(&c, &p, &q), 0);
	assert_int_equal(c.sum[DIFFERING], 4);
	assert_int_equal(c.pages[DIFFERING][PAGE_SAVED][PAGE_SAVED], 2);
	assert_int_equal(c.pages[DIFFERING][PAGE_SAVED][PAGE_ZERO], 1);
	assert_int_equal(c.pages[DIFFERING][PAGE_ZERO][PAGE_SAVED], 1);
	assert_int_equal(c.sum[EQUAL], SAMPLE_PAGES - SAMPLE_SWAPPED - 4);
	assert_int_equal(c.nranges, 3);
	assert_int_equal(c.kept, 2);
	assert_int_equal(c.ranges[0].pfn, 0x500);
	assert_int_equal(c.ranges[0].count, 2);
	assert_int_equal(c.ranges[1].pfn, 0x508);
	free(c.ranges);
	pages_close(&q);
	image_close(&other);
	close(disk.fd);
	disk = first;
	close_saved();
}

/* Runs of two images that agree on nothing but the page numbers. */
static void test_compare_classes(void **state)
{
	static struct image_tail tail = { .ram_pages = 8 };
	struct image fake = { .tail = { .tail = &tail } };
	struct page_run one[] = {
		{ .pfn = 10, .class = PAGE_ZERO, .count = 4 },
		{ .pfn = 14, .class = PAGE_FREE, .count = 4 },
	};
	struct page_run two[] = {
		{ .pfn = 8, .class = PAGE_FREE, .count = 3 },
		{ .pfn = 12, .class = PAGE_ZERO, .count = 4 },
		{ .pfn = 100, .class = PAGE_EXCHANGED, .count = 1 },
	};
	struct pages a = { .img = &fake, .runs = one, .nruns = 2 };
	struct pages b = { .img = &fake, .runs = two, .nruns = 3 };
	struct comparison c = { .limit = 9 };

	(void)state;
	assert_int_equal(compare(&c, &a, &b), 0);
	assert_int_equal(c.pages[NEITHER][NO_RAM][PAGE_FREE], 2);	/* 8, 9 */
	assert_int_equal(c.pages[ONLY_FIRST][PAGE_ZERO][PAGE_FREE], 1);	/* 10 */
	assert_int_equal(c.pages[ONLY_FIRST][PAGE_ZERO][NO_RAM], 1);	/* 11 */
	assert_int_equal(c.pages[EQUAL][PAGE_ZERO][PAGE_ZERO], 2);	/* 12, 13 */
	assert_int_equal(c.pages[ONLY_SECOND][PAGE_FREE][PAGE_ZERO], 2);	/* 14, 15 */
	assert_int_equal(c.pages[NEITHER][PAGE_FREE][NO_RAM], 2);	/* 16, 17 */
	assert_int_equal(c.pages[NEITHER][NO_RAM][PAGE_EXCHANGED], 1);	/* 100 */
	assert_int_equal(c.sum[DIFFERING], 0);

	/* A run that ends where pfns end. */
	one[0].pfn = IMAGE_MAX_PFN - 4;
	a.nruns = 1;
	c = (struct comparison){ .limit = 9 };
	assert_int_equal(compare(&c, &a, &a), 0);
	assert_int_equal(c.sum[EQUAL], 4);
	assert_ptr_equal(pages_find(&a, IMAGE_MAX_PFN - 1), one);
	assert_null(pages_find(&a, IMAGE_MAX_PFN));
}

int pages_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_page, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_damage, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_cover, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_compare, disk_begin, disk_end),
		cmocka_unit_test(test_compare_classes),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
