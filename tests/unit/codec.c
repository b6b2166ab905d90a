// SPDX-License-Identifier: GPL-2.0-only
/* codec.c - names, numbers and levels of the codecs; the checksum is XXH3 */
#include "../../image/codec.h"
#include "../../image/page.h"
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
	assert_string_equal(codec_name(CODEC_NONE), "none");
	assert_string_equal(codec_name(CODEC_LZ4), "lz4");
	assert_string_equal(codec_name(CODEC_ZSTD), "zstd");
}

static void test_ids(void **state)
{
	(void)state;
	assert_non_null(codec_by_id(CODEC_NONE));
	for (uint32_t id = 0; id < IDS; id++) {
		const struct codec *c = codec_by_id(id);

		if (c) {
			assert_int_equal(c->id, id);
			assert_string_equal(codec_name(id), c->name);
		}
	}
	assert_null(codec_by_id(IDS));
	assert_null(codec_by_id(UINT32_MAX));
	assert_null(codec_name(CODEC_LAST + 1));
}

static void test_parse(void **state)
{
	const struct codec *c = NULL;
	char why[WHY_SIZE];
	int level = -1;

	(void)state;
	assert_passes(codec_parse("none", &c, &level, why), why);
	assert_int_equal(c->id, CODEC_NONE);
	assert_int_equal(level, 0);
	assert_passes(codec_parse("lz4", &c, &level, why), why);
	assert_int_equal(c->id, CODEC_LZ4);
	assert_int_equal(level, 0);
	assert_passes(codec_parse("zstd", &c, &level, why), why);
	assert_int_equal(c->id, CODEC_ZSTD);
	assert_int_equal(level, 3);
	assert_passes(codec_parse("zstd:6", &c, &level, why), why);
	assert_int_equal(level, 6);
}

static void test_parse_refuses(void **state)
{
	static const char *const unknown[] = {
		"",    "non",	"none ", "NONE",  ":",	      ":3",
		"zst", "zstd3", "ZSTD", "zstd ", "brotli:5", "auto"
	};
	static const char *const levels[] = { "",   "0",  "7",	"10", "22", "-1",	 "+3",
					      "03", " 3", "3 ", "3x", "3:", "4294967297" };
	const struct codec *c = NULL;
	char why[WHY_SIZE], text[40];
	int level = -1;

	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++)
		assert_refused(codec_parse(unknown[i], &c, &level, why), why,
			       "codec %s: not built in", unknown[i]);
	for (size_t i = 0; i < COUNT(levels); i++) {
		snprintf(text, sizeof text, "zstd:%s", levels[i]);
		assert_refused(codec_parse(text, &c, &level, why), why,
			       "codec %s: zstd has levels 1 to 6", text);
	}
	assert_refused(codec_parse("none:1", &c, &level, why), why,
		       "codec none:1: none has no levels");
	assert_refused(codec_parse("lz4:1", &c, &level, why), why,
		       "codec lz4:1: lz4 has no levels");
	assert_refused(codec_parse("lz4:", &c, &level, why), why, "codec lz4:: lz4 has no levels");
	assert_null(c);
	assert_int_equal(level, -1);
}

/* What one worker needs has to fit into the window several times. */
static void test_work(void **state)
{
	(void)state;
	assert_int_equal(codec_by_id(CODEC_NONE)->work(0), 0);
	assert_int_equal(codec_unpack_work(CODEC_NONE), 0);
	assert_int_equal(codec_unpack_work(CODEC_LZ4), 0);
	assert_int_equal(codec_unpack_work(IDS), 0);
	for (uint32_t id = 0; id < IDS; id++) {
		const struct codec *c = codec_by_id(id);

		if (!c)
			continue;
		assert_in_range(c->max_level, c->default_level, CODEC_MAX_LEVEL);
		assert_in_range(c->default_level, c->min_level, c->max_level);
		assert_in_range(codec_unpack_work(id), 0, 128u << 10);
		for (int level = c->min_level; level <= c->max_level; level++)
			assert_in_range(c->work(level), c->work(c->min_level), 4u << 20);
		/* A level that it has not is taken for the nearest. */
		assert_int_equal(c->work(c->max_level + 1), c->work(c->max_level));
		assert_int_equal(c->work(c->min_level - 1), c->work(c->min_level));
	}
}

int codec_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
