// SPDX-License-Identifier: GPL-2.0-only
/* overwrite.c - what the helper's writer writes over, and what it leaves as it is */
#include <sys/mman.h>

#include "fakes.h"

static uint8_t *map, *before;		/* the disk, and a copy of it */
static struct image_head *head;		/* in map */

/* An image is on the disk. */
static int overwrite_begin(void **state)
{
	if (disk_begin(state) < 0)
		return -1;
	save_all();
	map = mmap(NULL, DISK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, disk.fd, 0);
	before = malloc(DISK_BYTES);
	head = (struct image_head *)map;
	return map == MAP_FAILED || !before ? -1 : 0;
}

static int overwrite_end(void **state)
{
	munmap(map, DISK_BYTES);
	free(before);
	return disk_end(state);
}

/* The status of a writer that begins; it ends again before its first chunk. */
static int begin_only(void)
{
	struct target t = disk_copy();
	struct writer w;
	int ret = writer_begin(&w, &t, SAMPLE_PAGES);

	writer_end(&w);
	return ret;
}

/* Refused with exactly this text, and not a byte of the disk is another one. */
#define assert_left_alone(...) do {					\
	memcpy(before, map, DISK_BYTES);				\
	assert_fails(begin_only(), __VA_ARGS__);			\
	assert_memory_equal(map, before, DISK_BYTES);			\
} while (0)

static void test_resumable(void **state)
{
	const char *text = "disk: holds an image that is %s, an empty target was expected";

	(void)state;
	assert_left_alone(text, "armed");
	write_state(IMAGE_RESUMING, 0);
	assert_left_alone(text, "resuming");
	write_state(IMAGE_RESUMING, HEAD_ATTEMPTS - 1);
	assert_left_alone(text, "resuming");
	write_state(IMAGE_ARMED, HEAD_ATTEMPTS);	/* the state counts */
	assert_left_alone(text, "armed");
}

static void test_not_resumable(void **state)
{
	static const struct { enum image_state state; uint32_t attempts; } good[] = {
		{ IMAGE_EMPTY, 0 }, { IMAGE_WRITING, 0 }, { IMAGE_USED, 1 }, { IMAGE_FAILED, 2 },
		{ IMAGE_RESUMING, HEAD_ATTEMPTS }, { IMAGE_RESUMING, UINT32_MAX },
	};
	const struct image_head armed = *head;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		*head = armed;	/* a writer that begins clears it */
		write_state(good[i].state, good[i].attempts);
		assert_int_equal(begin_only(), 0);
		assert_int_equal(head->state, IMAGE_WRITING);
		assert_string_equal((char *)head->target_id, "the target's id");
		assert_not_opened("disk: image is incomplete: its writing was interrupted");
	}
}

static void test_damaged_head(void **state)
{
	uint64_t sum = head->sum;

	(void)state;
	head->sum ^= 1;
	assert_left_alone("disk: head: checksum is %016llx, its contents have %016llx",
			  (ull)(sum ^ 1), (ull)sum);
	head->sum = sum;
	/* Whatever the state that it had. */
	for (enum image_state s = IMAGE_EMPTY; s <= IMAGE_FAILED; s++) {
		write_state(s, HEAD_ATTEMPTS);
		sum = head->sum;
		head->sum = ~sum;
		assert_left_alone("disk: head: checksum is %016llx, its contents have %016llx",
				  (ull)~sum, (ull)sum);
		head->sum = sum;
	}
	random_start(40);
	quiet = true;
	for (int i = 0; i < 200; i++) {
		struct image_head copy = *head;
		uint8_t *byte = map + random_below(IMAGE_BLOCK), bit = 1u << random_below(8);

		*byte ^= bit;
		if (begin_only() != -1)
			fail_msg("a head damaged at byte %td is written over", byte - map);
		*byte ^= bit;
		assert_memory_equal(head, &copy, sizeof copy);
	}
}

/* Of another version, or of a program that knows more: someone may still read it. */
static void test_foreign_head(void **state)
{
	(void)state;
	head->version = 1;
	head_seal(head);
	assert_left_alone("disk: head: format version 1, this program knows 3");
	head->version = 0;
	head_seal(head);
	assert_left_alone("disk: head: format version 0, this program knows 3");
	head->version = IMAGE_VERSION;
	head->codec = 99;
	head_seal(head);
	assert_left_alone("disk: head: codec 99 is not built in");
	write_state(7, 0);
	assert_left_alone("disk: head: state is 7, known are 1 to 6");
	write_state(IMAGE_USED, 1);
	head->reason[0] = '\n';
	head_seal(head);
	assert_left_alone("disk: head: reason has byte 0xa at 0");
	head->magic ^= 1;
	assert_left_alone(
		"disk: head: magic is 0x31474d494249484a, an image has 0x31474d494249484b");
	memset(map, 0, DISK_BYTES);	/* nor what was never formatted */
	assert_left_alone("disk: head: magic is 0, an image has 0x31474d494249484b");
}

int overwrite_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_resumable, overwrite_begin, overwrite_end),
		cmocka_unit_test_setup_teardown(test_not_resumable, overwrite_begin, overwrite_end),
		cmocka_unit_test_setup_teardown(test_damaged_head, overwrite_begin, overwrite_end),
		cmocka_unit_test_setup_teardown(test_foreign_head, overwrite_begin, overwrite_end),
	};

	return cmocka_run_group_tests_name("overwrite", tests, NULL, NULL);
}
