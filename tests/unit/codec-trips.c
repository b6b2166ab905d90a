// SPDX-License-Identifier: GPL-2.0-only
/* codec-trips.c - every codec gives back what it was given, and bears whatever comes from a disk */
#include "../../image/codec.h"
#include "unit.h"

#define MOST ((size_t)IMAGE_CHUNK_PAGES * IMAGE_BLOCK)

static const enum codec_id all[] = { CODEC_NONE, CODEC_LZ4, CODEC_ZSTD };

enum contents { NOISE, ZERO, TEXT, MIXED };

static void fill(uint8_t *data, size_t len, enum contents what)
{
	for (size_t i = 0; i < len; i++) {
		enum contents now = what != MIXED ? what : i / 3000 % 3;

		data[i] = now == NOISE ? random_next() : 0;
		if (now == TEXT)
			data[i] = "all work and no play "[i % 21];
	}
}

/* On the heap and exactly as large as asked for, so that the sanitizer sees the codec go beyond. */
static void *work_for(const struct codec *c, int level)
{
	return c->work(level) ? aligned_alloc(16, (c->work(level) + 15) / 16 * 16) : NULL;
}

static void *unpack_work_for(const struct codec *c)
{
	size_t bytes = codec_unpack_work(c->id);

	return bytes ? aligned_alloc(16, (bytes + 15) / 16 * 16) : NULL;
}

/* Pack with room for no more than cap; if it fits, get it back, and not into less room. */
static ssize_t trip(const struct codec *c, int level, const uint8_t *src, size_t len, size_t cap)
{
	void *work = work_for(c, level);
	uint8_t *packed = malloc(cap), *unpacked = malloc(len);
	ssize_t n;

	if (work)
		memset(work, 0xa5, c->work(level));
	n = c->pack(work, level, packed, cap, src, len);
	assert_in_range(n + 1, 0, cap + 1);
	if (n > 0) {
		uint8_t *exact = copy_of(packed, n);

		free(work);
		work = unpack_work_for(c);
		assert_int_equal(c->unpack(work, unpacked, len, exact, n), len);
		assert_memory_equal(unpacked, src, len);
		assert_int_equal(c->unpack(work, unpacked, len - 1, exact, n), -1);
		free(exact);
	}
	free(work);
	free(packed);
	free(unpacked);
	return n;
}

static void test_lengths(void **state)
{
	uint8_t *data = malloc(MOST);

	(void)state;
	random_start(1);
	for (enum contents what = NOISE; what <= MIXED; what++) {
		fill(data, MOST, what);
		for (size_t pages = 1; pages <= IMAGE_CHUNK_PAGES; pages += pages < 8 ? 1 : 31) {
			size_t len = pages * IMAGE_BLOCK;

			for (size_t i = 0; i < COUNT(all); i++) {
				const struct codec *c = codec_by_id(all[i]);
				ssize_t n = trip(c, c->default_level, data, len, len - 1);

				if (what == NOISE || all[i] == CODEC_NONE)
					assert_int_equal(n, -1);
				else if (what == MIXED)
					assert_in_range(n, 1, len - 1);
				else
					assert_in_range(n, 1, len / 20);
			}
		}
		assert_int_equal(trip(codec_by_id(CODEC_NONE), 0, data, MOST, MOST), MOST);
	}
	free(data);
}

/* No level needs more memory than it says, also not for short chunks. */
static void test_levels(void **state)
{
	uint8_t *data = malloc(MOST);

	(void)state;
	random_start(2);
	fill(data, MOST, MIXED);
	for (size_t i = 0; i < COUNT(all); i++) {
		const struct codec *c = codec_by_id(all[i]);

		for (int level = c->min_level; level <= c->max_level; level++)
			for (size_t len = MOST; len >= IMAGE_BLOCK; len /= 2)
				assert_in_range(trip(c, level, data, len, len), 1, len);
	}
	free(data);
}

static void test_no_room(void **state)
{
	uint8_t data[IMAGE_BLOCK];

	(void)state;
	random_start(3);
	fill(data, sizeof data, NOISE);
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t cap = 0; cap < 20; cap++)
			assert_int_equal(trip(codec_by_id(all[i]), 1, data, sizeof data, cap), -1);
}

static void test_too_long(void **state)
{
	uint8_t byte = 0, *data = calloc(1, MOST + 1), *packed = malloc(MOST);
	const struct codec *zstd = codec_by_id(CODEC_ZSTD), *lz4 = codec_by_id(CODEC_LZ4);
	void *work = work_for(zstd, 6);

	(void)state;
	assert_int_equal(zstd->pack(work, 3, packed, MOST, data, MOST + 1), -1);
	/* Not read at all: these are more than the memory there is. */
	assert_int_equal(lz4->pack(work, 0, packed, MOST, data, (size_t)1 << 32 | 1), -1);
	assert_int_equal(lz4->unpack(NULL, &byte, SIZE_MAX, data, (size_t)1 << 32 | 1), -1);
	/* Scratch memory that is not aligned is refused as well. */
	assert_int_equal(zstd->unpack((char *)work + 1, &byte, 1, data, MOST), -1);
	assert_in_range(lz4->pack(work, 0, packed, SIZE_MAX, data, MOST), 1, MOST);
	free(work);
	free(packed);
	free(data);
}

static void damage(uint8_t *bad, size_t len)
{
	for (uint64_t n = 1 + random_below(8); n; n--)
		bad[random_below(2) ? random_below(len) : random_below(len < 64 ? len : 64)] =
			random_next();
}

/*
 * Damage that no checksum has found: a result within its room, or -1, and never the whole of a
 * part.
 */
static void test_damage(void **state)
{
	const size_t len = 5 * IMAGE_BLOCK;
	uint8_t *data = malloc(len), *packed = malloc(len), *unpacked = malloc(len);

	(void)state;
	random_start(4);
	fill(data, len, MIXED);
	for (size_t i = 1; i < COUNT(all); i++) {
		const struct codec *c = codec_by_id(all[i]);
		void *work = work_for(c, 3);
		ssize_t n = c->pack(work, 3, packed, len, data, len);
		size_t refused = 0;

		assert_in_range(n, 1, len);
		free(work);
		work = unpack_work_for(c);
		for (ssize_t cut = 0; cut < n; cut += 1 + cut / 50) {
			uint8_t *bad = copy_of(packed, cut);

			assert_int_not_equal(c->unpack(work, unpacked, len, bad, cut), len);
			free(bad);
		}
		for (int round = 0; round < 3000; round++) {
			uint8_t *bad = copy_of(packed, n);
			ssize_t got;

			damage(bad, n);
			got = c->unpack(work, unpacked, len, bad, n);
			assert_in_range(got + 1, 0, len + 1);
			refused += got < 0;
			free(bad);
		}
		assert_in_range(refused, 100, 3000);
		free(work);
	}
	free(data);
	free(packed);
	free(unpacked);
}

static void test_garbage(void **state)
{
	uint8_t bytes[300], *unpacked = malloc(IMAGE_BLOCK);

	(void)state;
	random_start(5);
	for (size_t i = 0; i < COUNT(all); i++) {
		const struct codec *c = codec_by_id(all[i]);
		void *work = unpack_work_for(c);

		for (int round = 0; round < 3000; round++) {
			size_t len = random_below(sizeof bytes);
			uint8_t *bad;

			fill(bytes, len, NOISE);
			if (len >= 4 && round % 2)	/* a zstd frame's magic */
				memcpy(bytes, "\x28\xb5\x2f\xfd", 4);
			bad = copy_of(bytes, len);
			assert_in_range(c->unpack(work, unpacked, IMAGE_BLOCK, bad, len) + 1, 0,
					IMAGE_BLOCK + 1);
			free(bad);
		}
		free(work);
	}
	free(unpacked);
}

int codec_trips_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests_name("codec trips", tests, NULL, NULL);
}
