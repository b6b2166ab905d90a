// SPDX-License-Identifier: GPL-2.0-only
/* disk.c - the helper's writer saves the sample machine, the restorer brings it back, once */
#include <limits.h>

#include "../../base/machine.h"
#include "../../image/codec.h"
#include "../../image/ram.h"
#include "fakes.h"

/* All of it but what the jump exchanges, which is untouched. */
static void assert_memory_restored(void)
{
	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++) {
		const uint8_t *page = fake_memory + pfn * IMAGE_BLOCK;

		if (!ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) || swapped(pfn))
			assert_int_equal(page[0] & page[IMAGE_BLOCK - 1], 0xcc);
		else
			assert_memory_equal(page, sleeping_memory + pfn * IMAGE_BLOCK, IMAGE_BLOCK);
	}
}

static void test_round_trip(void **state)
{
	struct image img;

	(void)state;
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(img.head.state, IMAGE_ARMED);
	assert_string_equal((char *)img.head.target_id, "the target's id");
	assert_true(img.tail.tail->nchunks >= 4);
	assert_int_equal(image_verify(&img), 0);
	assert_int_equal(fake_memory[0x1000 * IMAGE_BLOCK], 0xcc);	/* only checked */
	assert_int_equal(image_begin(&img), 0);
	assert_int_equal(image_restore(&img), 0);
	assert_memory_restored();
	assert_int_equal(image_mark_used(&img), 0);
	image_close(&img);
	assert_not_opened("disk: image is used: it was resumed before");
	/* The jump came back: the second attempt is left. */
	img.target = disk_copy();
	assert_int_equal(image_jump_failed(&img), 0);
	image_close(&img);
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(img.head.attempts, 1);
	image_close(&img);
}

/* verify: what is on the disk is compared with the memory that it was made of. */
static void test_compare(void **state)
{
	struct image img;

	(void)state;
	save_all();
	memcpy(fake_memory, sleeping_memory, MEMORY_BYTES);
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(image_compare(&img), 0);
	assert_memory_equal(fake_memory, sleeping_memory, MEMORY_BYTES);
	fake_memory[0x508 * IMAGE_BLOCK + 4095] ^= 1;		/* of data */
	assert_fails(image_compare(&img), "disk: pfn 0x508 on it differs from the page in memory");
	fake_memory[0x508 * IMAGE_BLOCK + 4095] ^= 1;
	fake_memory[0x511 * IMAGE_BLOCK] = 1;			/* of zeroes */
	assert_fails(image_compare(&img), "disk: pfn 0x511 on it differs from the page in memory");
	assert_int_equal(img.verdict, TRY_AGAIN);
	image_close(&img);
}

/* Each codec there and back, through workers. */
static void test_codecs(void **state)
{
	struct image img;

	(void)state;
	fake_cpus_all = true;
	for (fake_codec = CODEC_NONE; fake_codec <= CODEC_ZSTD; fake_codec++) {
		save_all();
		memset(fake_memory, 0xcc, MEMORY_BYTES);
		assert_int_equal(open_image(&img, false), 0);
		assert_int_equal(img.head.codec, fake_codec);
		assert_int_equal(image_restore(&img), 0);
		assert_memory_restored();
		image_close(&img);
		write_state(IMAGE_USED, 1);
	}
}

/* With one worker where several were planned: the others' buffers are not missed. */
static void test_one_worker(void **state)
{
	struct image img;

	(void)state;
	fake_cpus_all = true;
	forks_left = 1;
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	forks_left = 1;
	assert_int_equal(image_restore(&img), 0);
	assert_memory_restored();
	forks_left = 0;
	assert_fails(image_restore(&img), "start a worker: Resource temporarily unavailable");
	assert_int_equal(img.verdict, TRY_AGAIN);
	forks_left = INT_MAX;
	image_close(&img);
}

static void test_attempts(void **state)
{
	struct image img;

	(void)state;
	save_all();
	for (uint32_t attempt = 1; attempt <= HEAD_ATTEMPTS; attempt++) {
		assert_int_equal(open_image(&img, false), 0);
		assert_int_equal(image_begin(&img), 0);
		image_close(&img);	/* and the power goes */
		assert_int_equal(target_read_head(&disk, &img.head), 0);
		assert_int_equal(img.head.state, IMAGE_RESUMING);
		assert_int_equal(img.head.attempts, attempt);
	}
	assert_not_opened("disk: image was tried 2 times, at most 2 are made");
	/* The second attempt itself, counted by the boot script: it is not counted again. */
	assert_int_equal(open_image(&img, true), 0);
	assert_int_equal(image_begin(&img), 0);
	assert_int_equal(img.head.attempts, 2);
	assert_int_equal(target_mark_failed(&img.target, &img.head, "gave\nup"), 0);
	image_close(&img);
	assert_not_opened("disk: image is kept as failed: gave?up");
}

static void test_interrupted(void **state)
{
	struct writer w;

	(void)state;
	save_all();
	write_state(IMAGE_USED, 1);
	assert_int_equal(write_pages(&w), 0);	/* the old image is gone at once */
	assert_not_opened("disk: image is incomplete: its writing was interrupted");
	writer_abandon(&w, "the lid was opened");
	writer_end(&w);
	assert_not_opened("disk: target is empty: there is nothing to resume");
	assert_int_equal(target_read_head(&disk, &w.head), 0);
	assert_string_equal(w.head.reason, "the lid was opened");
	assert_string_equal((char *)w.head.target_id, "the target's id");
	save_all();
}

static void test_disk_too_small(void **state)
{
	struct writer w;
	struct image img;
	uint64_t need;

	(void)state;
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	need = img.head.tail_offset + img.head.tail_length;
	image_close(&img);
	write_state(IMAGE_USED, 1);
	for (disk.size = 2 * IMAGE_BLOCK; disk.size < need; disk.size += 97 * IMAGE_BLOCK) {
		int ret = write_pages(&w);

		if (!ret)
			ret = writer_finish(&w, &sample_facts);
		assert_int_equal(ret, -1);
		assert_last_failure("disk: image needs ");
		writer_end(&w);
		assert_not_opened("disk: image is incomplete");
	}
	disk.size = need;
	save_all();
}

/* What C reads of guards, and for how long B saved. */
static void test_guards(void **state)
{
	uint64_t start = now_ms();
	struct image img;

	(void)state;
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(img.tail.tail->nguards, SAMPLE_GUARDS);
	assert_memory_equal(img.tail.guards, sample_guards, sizeof sample_guards);
	assert_in_range(img.tail.tail->save_ms, 0, now_ms() - start);
	image_close(&img);
}

/* A failure is new until it was told; the next image does not inherit that. */
static void test_told(void **state)
{
	struct image_head head;
	struct target t = disk_copy();
	struct writer w;

	(void)state;
	save_all();
	assert_int_equal(target_read_head(&disk, &head), 0);
	assert_int_equal(head.ended | head.told, 0);
	assert_int_equal(target_mark_failed(&disk, &head, "a test"), 0);
	assert_int_equal(target_mark_told(&disk, &head), 0);
	assert_int_equal(target_read_head(&disk, &head), 0);
	assert_int_equal(head.told, 1);
	assert_string_equal(head.reason, "a test");
	assert_in_range(head.ended, now_date() - 60, now_date());
	assert_fails(target_mark_failed(&disk, &head, "again"),
		     "disk: image is failed: it cannot become failed");
	assert_int_equal(head.told, 1);
	assert_int_equal(writer_begin(&w, &t, SAMPLE_PAGES), 0);
	writer_end(&w);
	assert_int_equal(target_read_head(&disk, &head), 0);
	assert_int_equal(head.state, IMAGE_WRITING);
	assert_int_equal(head.told, 0);
}

static void test_wrong_counts(void **state)
{
	struct writer_facts facts = sample_facts;
	struct writer w;

	(void)state;
	facts.swapped--;
	assert_int_equal(write_pages(&w), 0);
	assert_int_equal(writer_finish(&w, &facts), -1);
	assert_last_failure("disk: pages: RAM map has 2974, swapped 669 + ");
	writer_end(&w);
	assert_not_opened("disk: image is incomplete");
}

int disk_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_compare, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_codecs, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_one_worker, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_attempts, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_interrupted, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_disk_too_small, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_guards, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_told, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_wrong_counts, disk_begin,
						disk_end),
	};

	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
