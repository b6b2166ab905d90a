// SPDX-License-Identifier: GPL-2.0-only
/* codec.c - every codec that is built in gives back what it was given; the checksum is XXH3 */
#include "../../image/codec.h"
#include "../../image/sum.h"
#include "unit.h"

#define IDS 16u		/* more than there will ever be */

/* What xxhsum 0.8.1 -H3 says of the same bytes: images must stay readable. */
static void test_sum(void **state)
{
	static const uint8_t page[IMAGE_BLOCK];

	(void)state;
	assert_int_equal(sum64("", 0), 0x2d06800538d394c2);
	assert_int_equal(sum64("kexec-hibernate", 15), 0xe85b9401354cecea);
	assert_int_equal(sum64(page, sizeof page), 0x93d76fe148c689ba);
}

static void test_names(void **state)
{
	(void)state;
	assert_non_null(codec_by_name("none"));
	assert_int_equal(codec_by_name("none")->id, CODEC_NONE);
	assert_null(codec_by_name("lzo"));
	assert_null(codec_by_name("non"));
	assert_null(codec_by_name("none "));
	assert_null(codec_by_name("NONE"));
	assert_null(codec_by_name(""));
}

static void test_ids(void **state)
{
	(void)state;
	assert_non_null(codec_by_id(CODEC_NONE));
	for (uint32_t id = 0; id < IDS; id++) {
		const struct codec *c = codec_by_id(id);

		if (c) {
			assert_int_equal(c->id, id);
			assert_ptr_equal(codec_by_name(c->name), c);
		}
	}
	assert_null(codec_by_id(IDS));
	assert_null(codec_by_id(UINT32_MAX));
}

/* Pack len bytes of src with room for no more than cap, then get them back. */
static void round_trip(const struct codec *c, const uint8_t *src, size_t len, size_t cap)
{
	uint8_t *packed = malloc(cap), *unpacked = malloc(len);
	ssize_t n = c->pack(packed, cap, src, len);

	assert_in_range(n + 1, 0, cap + 1);
	if (n > 0) {
		uint8_t *exact = copy_of(packed, n);

		assert_int_equal(c->unpack(unpacked, len, exact, n), len);
		assert_memory_equal(unpacked, src, len);
		assert_int_equal(c->unpack(unpacked, len - 1, exact, n), -1);
		free(exact);
	}
	free(packed);
	free(unpacked);
}

static void test_round_trips(void **state)
{
	const size_t len = 8 * IMAGE_BLOCK;
	uint8_t *text = malloc(len), *noise = malloc(len);

	(void)state;
	random_start(1);
	for (size_t i = 0; i < len; i++) {
		text[i] = "all work and no play "[i % 21];
		noise[i] = random_next();
	}
	for (uint32_t id = 0; id < IDS; id++) {
		const struct codec *c = codec_by_id(id);

		if (!c)
			continue;
		round_trip(c, text, len, len);
		round_trip(c, text, len, len - 1);
		round_trip(c, noise, len, len);
		round_trip(c, noise, len, len - 1);
		round_trip(c, noise, len, 1);
	}
	free(text);
	free(noise);
}

static void test_none_needs_all_the_room(void **state)
{
	const struct codec *none = codec_by_id(CODEC_NONE);
	uint8_t buf[4] = { 9, 9, 9, 9 };

	(void)state;
	assert_int_equal(none->pack(buf, 3, "abcd", 4), -1);
	assert_int_equal(none->unpack(buf, 3, "abcd", 4), -1);
	assert_int_equal(buf[0], 9);
	assert_int_equal(none->pack(buf, 4, "abc", 3), 3);
	assert_memory_equal(buf, "abc\t", 4);
}

int codec_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_none_needs_all_the_room),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
