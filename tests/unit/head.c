// SPDX-License-Identifier: GPL-2.0-only
/* head.c - the head's checksum, texts and states, and who may resume in which state */
#include "unit.h"

static const enum image_state all_states[] = {
	IMAGE_EMPTY, IMAGE_WRITING, IMAGE_ARMED, IMAGE_RESUMING, IMAGE_USED, IMAGE_FAILED,
};

static void test_good_heads(void **state)
{
	struct image_head blank = { .state = IMAGE_EMPTY };
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(all_states); i++) {
		struct image_head h = sample_head(all_states[i]);

		assert_passes(head_check(&h, why), why);
		assert_true(head_has_magic(&h));
	}
	head_seal(&blank);	/* as khimage makes it */
	assert_passes(head_check(&blank, why), why);
}

static void test_every_bit_counts(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	uint8_t *bytes = (uint8_t *)&h;
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < 8 * sizeof h; i++) {
		if (i / 8 > 400 && i / 8 < 4080 && i / 8 % 64)
			i += 7;		/* of most of the filling, one bit in each byte */
		bytes[i / 8] ^= 1u << i % 8;
		if (head_check(&h, why) != -1)
			fail_msg("bit %zu of byte %zu does not count", i % 8, i / 8);
		bytes[i / 8] ^= 1u << i % 8;
	}
	assert_passes(head_check(&h, why), why);
}

static void test_magic_version_sum(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	uint64_t sum = h.sum;
	char why[WHY_SIZE];

	(void)state;
	h.time++;
	head_seal(&h);
	sum ^= h.sum;
	h.sum ^= sum;
	assert_refused(head_check(&h, why), why,
		       "head: checksum is %016llx, its contents have %016llx",
		       (unsigned long long)h.sum, (unsigned long long)(h.sum ^ sum));
	h.version = 1;
	head_seal(&h);
	assert_refused(head_check(&h, why), why, "head: format version 1, this program knows 3");
	h.magic = 0x1234;
	assert_refused(head_check(&h, why), why,
		       "head: magic is 0x1234, an image has 0x31474d494249484b");
	assert_false(head_has_magic(&h));
	assert_memory_equal(&(uint64_t){ IMAGE_HEAD_MAGIC }, "KHIBIMG1", 8);
	assert_true(head_has_magic("?KHIBIMG1" + 1));	/* need not be aligned */
}

static void test_states(void **state)
{
	static const char *const names[] = {
		"?", "empty", "writing", "armed", "resuming", "used", "failed", "?",
	};
	const uint32_t bad[] = { 0, 7, UINT32_MAX };
	char why[WHY_SIZE];

	(void)state;
	for (uint32_t i = 0; i < COUNT(names); i++)
		assert_string_equal(state_name(i), names[i]);
	assert_string_equal(state_name(UINT32_MAX), "?");
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct image_head h = sample_head(bad[i]);

		assert_refused(head_check(&h, why), why,
			       "head: state is %u, known are 1 to 6", bad[i]);
	}
}

/* In every state: khimage prints the texts of all. */
static void test_texts(void **state)
{
	struct image_head h;
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(all_states); i++) {
		h = sample_head(all_states[i]);
		memset(h.release, 'x', sizeof h.release);
		head_seal(&h);
		assert_refused(head_check(&h, why), why,
			       "head: release has no end within its 64 bytes");
		h.release[63] = 0;
		strcpy(h.reason, "two\nlines");
		head_seal(&h);
		assert_refused(head_check(&h, why), why, "head: reason has byte 0xa at 3");
		strcpy(h.reason, "\xc3\xa9");
		head_seal(&h);
		assert_refused(head_check(&h, why), why, "head: reason has byte 0xc3 at 0");
		strcpy(h.reason, "d\x7f");
		head_seal(&h);
		assert_refused(head_check(&h, why), why, "head: reason has byte 0x7f at 1");
		memset(h.reason, '~', sizeof h.reason);
		head_seal(&h);
		assert_refused(head_check(&h, why), why,
			       "head: reason has no end within its 192 bytes");
		h.reason[191] = 0;
		head_seal(&h);
		assert_passes(head_check(&h, why), why);
	}
}

static void test_resumable(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE];

	(void)state;
	assert_passes(head_resumable(&h, false, why), why);
	h.state = IMAGE_EMPTY;
	assert_refused(head_resumable(&h, false, why), why,
		       "target is empty: there is nothing to resume");
	h.state = IMAGE_WRITING;
	assert_refused(head_resumable(&h, false, why), why,
		       "image is incomplete: its writing was interrupted");
	h.state = IMAGE_USED;
	assert_refused(head_resumable(&h, true, why), why, "image is used: it was resumed before");
	h.state = IMAGE_FAILED;
	strcpy(h.reason, "chunk 3 is bad");
	assert_refused(head_resumable(&h, true, why), why,
		       "image is kept as failed: chunk 3 is bad");
	memset(h.reason, 'r', sizeof h.reason - 1);
	assert_refused(head_resumable(&h, false, why), why,
		       "image is kept as failed: %.150s", h.reason);
}

static void test_attempts(void **state)
{
	struct image_head h = sample_head(IMAGE_RESUMING);
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(HEAD_ATTEMPTS, 2);
	for (h.attempts = 0; h.attempts < 2; h.attempts++)
		assert_passes(head_resumable(&h, false, why), why);
	assert_refused(head_resumable(&h, false, why), why,
		       "image was tried 2 times, at most 2 are made");
	assert_passes(head_resumable(&h, true, why), why);	/* this is the second one */
	h.attempts = 3;
	assert_refused(head_resumable(&h, true, why), why,
		       "image was tried 3 times, at most 2 are made");
	h.attempts = UINT32_MAX;
	assert_refused(head_resumable(&h, true, why), why,
		       "image was tried 4294967295 times, at most 2 are made");
}

int head_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_heads),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_magic_version_sum),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_resumable),
		cmocka_unit_test(test_attempts),
	};

	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
