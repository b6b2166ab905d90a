// SPDX-License-Identifier: GPL-2.0-only
/* tail-limits.c - a tail with the largest counts passes, one with one more does not */
#include "../../image/ram.h"
#include "../../image/page.h"
#include "unit.h"

#define TOP (IMAGE_MAX_PFN * IMAGE_BLOCK)	/* the end of all physical memory */

/* Check a tail that is in order but for its counts; the last of its ranges ends at `end`. */
static int check(uint32_t nram, uint64_t end, uint32_t nguards, uint32_t log_bytes, char *why)
{
	struct image_head head = sample_head(IMAGE_ARMED);
	uint64_t size = tail_size(0, nram, nguards, log_bytes);
	void *buf = malloc(size);
	struct tail_view view = tail_make(buf, 0, nram, nguards, log_bytes);
	int ret;

	/* Each second page from 0x1000 on. */
	for (uint64_t i = 0; i < nram; i++)
		view.ram[i] = (struct ram_range){ (2 * i + 1) * IMAGE_BLOCK,
						  (2 * i + 2) * IMAGE_BLOCK };
	view.ram[nram - 1].end = end;
	for (uint32_t i = 0; i < nguards; i++)
		view.guards[i] = sample_guards[i % SAMPLE_GUARDS];
	memset(view.log, '\n', log_bytes);
	memcpy(view.tail->session, head.session, 16);
	view.tail->ram_pages = view.tail->swapped_pages = ram_pages(view.ram, nram);
	head.entry = view.ram[0].start;
	head.tail_offset = IMAGE_BLOCK;
	head.tail_length = size;
	head.tail_sum = sum64(buf, size);
	ret = tail_check(buf, &head, &view, why);
	free(buf);
	return ret;
}

static void test_ranges(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	assert_passes(check(IMAGE_MAX_RAM, TOP / 2, 0, 1, why), why);
	assert_refused(check(IMAGE_MAX_RAM + 1, TOP / 2, 0, 1, why), why,
		       "tail: 0 chunks, 513 RAM ranges, 0 guards, 1 bytes of log; at most "
		       "16777216, 512, 64, 65536");
}

static void test_log(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	assert_passes(check(1, TOP / 2, 0, IMAGE_MAX_LOG, why), why);
	assert_refused(check(1, TOP / 2, 0, IMAGE_MAX_LOG + 1, why), why,
		       "tail: 0 chunks, 1 RAM ranges, 0 guards, 65537 bytes of log; at most "
		       "16777216, 512, 64, 65536");
}

static void test_guards(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	assert_passes(check(1, TOP / 2, IMAGE_MAX_GUARDS, 3, why), why);
	assert_refused(check(1, TOP / 2, IMAGE_MAX_GUARDS + 1, 3, why), why, "tail: 0 chunks, "
		       "1 RAM ranges, 65 guards, 3 bytes of log; at most 16777216, 512, 64, 65536");
}

static void test_last_page(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	assert_passes(check(2, TOP, 0, 0, why), why);
	assert_refused(check(2, TOP + IMAGE_BLOCK, 0, 0, why), why,
		       "tail: RAM ends at 0x10000000001000");
}

int tail_limits_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_last_page),
	};

	return cmocka_run_group_tests_name("tail-limits", tests, NULL, NULL);
}
