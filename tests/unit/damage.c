// SPDX-License-Identifier: GPL-2.0-only
/* damage.c - an image that is damaged anywhere is noticed before it counts as restored */
#include <sys/mman.h>
#include <unistd.h>

#include "fakes.h"

/* Open and check as krestore --check does, then restore as C does; true if one of both noticed. */
static bool noticed(bool restore, bool *damaged)
{
	struct image img;
	int ret = open_image(&img, false);

	if (!ret)
		ret = restore ? image_restore(&img) : image_verify(&img);
	*damaged = img.verdict == SET_ASIDE;
	image_close(&img);
	return ret < 0;
}

/* One bit of every block of the image. */
static void test_damage_is_noticed(void **state)
{
	struct image_head head;
	uint8_t *map;
	bool damaged;

	(void)state;
	save_all();
	assert_int_equal(target_read_head(&disk, &head), 0);
	map = mmap(NULL, DISK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, disk.fd, 0);
	random_start(30);
	quiet = true;
	for (uint64_t at = 0; at < head.tail_offset + head.tail_length; at += IMAGE_BLOCK) {
		uint8_t *byte = map + at + random_below(IMAGE_BLOCK), bit = 1u << random_below(8);

		*byte ^= bit;
		if (!noticed(false, &damaged) || !damaged)
			fail_msg("damage at byte %td is not noticed by the check", byte - map);
		if (!noticed(true, &damaged) || !damaged)
			fail_msg("damage at byte %td is not noticed by the restore", byte - map);
		*byte ^= bit;
	}
	quiet = false;
	assert_false(noticed(false, &damaged));
	munmap(map, DISK_BYTES);
}

/* A disk that cannot be read is not a damaged image: another attempt may go better. */
static void test_read_error(void **state)
{
	struct image_head head;
	struct image img;
	bool damaged;

	(void)state;
	save_all();
	assert_int_equal(target_read_head(&disk, &head), 0);
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(ftruncate(disk.fd, head.tail_offset - IMAGE_BLOCK), 0);
	assert_int_equal(image_verify(&img), -1);
	assert_last_failure("read disk: it ends at ");
	assert_int_equal(img.verdict, TRY_AGAIN);
	image_close(&img);
	assert_true(noticed(false, &damaged));	/* the tail */
	assert_last_failure("read disk: it ends at ");
	assert_false(damaged);
	disk.size = head.tail_offset;
	assert_not_opened("disk: tail ends at ");
	disk.size = IMAGE_BLOCK - 1;
	assert_not_opened("read disk: it has 4095 bytes, a head 4096");
}

/* Nor is one for which memory lacks, which is known before any is taken. */
static void test_no_memory(void **state)
{
	struct image_head head;
	struct image img;

	(void)state;
	save_all();
	assert_int_equal(target_read_head(&disk, &head), 0);
	head.tail_length = 1ull << 60;
	assert_int_equal(target_write_head(&disk, &head), 0);
	disk.size = INT64_MAX;
	fake_memfree_kib = 40000;
	assert_fails(open_image(&img, false),
		     "disk: tail of 1125899906842624 KiB, 40000 of memory are free");
	assert_int_equal(img.verdict, TRY_AGAIN);
	fake_memfree_kib = 0;
	image_close(&img);
	disk.size = DISK_BYTES;	/* while this is the image's fault */
	assert_fails(open_image(&img, false), "disk: tail ends at %llu, the target at %u",
		     (unsigned long long)(head.tail_offset + head.tail_length), DISK_BYTES);
	assert_int_equal(img.verdict, SET_ASIDE);
	image_close(&img);
}

int damage_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_damage_is_noticed, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_read_error, disk_begin, disk_end),
		cmocka_unit_test_setup_teardown(test_no_memory, disk_begin, disk_end),
	};

	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
