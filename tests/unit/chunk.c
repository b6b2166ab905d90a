// SPDX-License-Identifier: GPL-2.0-only
/* chunk.c - what a chunk says of itself is believed only after it was checked */
#include "../../image/codec.h"
#include "../../image/page.h"
#include "unit.h"

#define PFN 0x180u
#define PAGES 4u

static int check(const struct chunk_head *c, char *why)
{
	return chunk_check(c, 3, c->sum, sample_ram, SAMPLE_RANGES, why);
}

/* Set the checksum as one would who made the chunk by hand. */
static void reseal(struct chunk_head *c)
{
	c->sum = 0;
	c->sum = sum64(c, sizeof *c);
}

/* A good chunk with one field changed, sealed again, is refused with this text. */
#define assert_field(kind, field, value, ...) do {				\
	struct chunk_head c_ = good(kind);					\
	char why_[WHY_SIZE];							\
										\
	c_.field = (value);							\
	reseal(&c_);								\
	assert_refused(check(&c_, why_), why_, __VA_ARGS__);			\
} while (0)

static struct chunk_head good(enum chunk_kind kind)
{
	static uint8_t payload[PAGES * IMAGE_BLOCK];

	return sample_chunk(kind, 3, PFN, PAGES, kind == CHUNK_DATA ? payload : NULL);
}

static void test_good_chunks(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	for (enum chunk_kind kind = CHUNK_DATA; kind <= CHUNK_FREE; kind++) {
		struct chunk_head c = good(kind);

		assert_passes(check(&c, why), why);
		reseal(&c);
		assert_passes(check(&c, why), why);
	}
}

static void test_every_bit_counts(void **state)
{
	struct chunk_head c = good(CHUNK_DATA);
	uint8_t *bytes = (uint8_t *)&c;
	uint64_t sum = c.sum;
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < 8 * sizeof c; i++) {
		if (i / 8 > 256)
			i += 7;		/* of runs that are not used, one bit in each byte */
		bytes[i / 8] ^= 1u << i % 8;
		if (chunk_check(&c, 3, sum, sample_ram, SAMPLE_RANGES, why) != -1)
			fail_msg("bit %zu of byte %zu does not count", i % 8, i / 8);
		bytes[i / 8] ^= 1u << i % 8;
	}
	assert_passes(check(&c, why), why);
}

static void test_every_byte_of_the_payload_counts(void **state)
{
	uint8_t *payload = malloc(IMAGE_BLOCK);
	struct chunk_head c;
	char why[WHY_SIZE];

	(void)state;
	sample_page(PFN, payload);
	chunk_start(&c, CHUNK_DATA);
	chunk_add(&c, PFN, 1);
	seal_chunk(&c, 3, CODEC_NONE, payload, 100);
	for (size_t i = 0; i < IMAGE_BLOCK; i++) {
		payload[i] ^= 1u << i % 8;
		if (chunk_check_payload(&c, payload, why) != -1)
			fail_msg("byte %zu does not count", i);
		payload[i] ^= 1u << i % 8;
	}
	assert_passes(chunk_check_payload(&c, payload, why), why);
	c.data_sum = 0xabc;
	payload[0] ^= 0xff;
	assert_int_equal(chunk_check_payload(&c, payload, why), -1);
	assert_memory_equal(why, "chunk 3: checksum of its data is ", 33);
	assert_non_null(strstr(why, ", its head has 0000000000000abc"));
	free(payload);
	c = good(CHUNK_ZERO);
	assert_passes(chunk_check_payload(&c, NULL, why), why);
}

static void test_sums_and_magic(void **state)
{
	struct chunk_head c = good(CHUNK_ZERO);
	uint64_t sum = c.sum;
	char why[WHY_SIZE];

	(void)state;
	assert_refused(chunk_check(&c, 3, 0x77, sample_ram, SAMPLE_RANGES, why), why,
		       "chunk 3: checksum of its head is %016llx, the tail has 0000000000000077",
		       (ull)sum);
	c.sum = 0x77;
	assert_refused(
		chunk_check(&c, 3, 0x77, sample_ram, SAMPLE_RANGES, why), why,
		"chunk 3: checksum of its head is 0000000000000077, its contents have %016llx",
		(ull)sum);
	c.magic = 0;
	assert_refused(check(&c, why), why, "chunk 3: magic is 0, a chunk has 0x4b43484b");
	assert_memory_equal(&(uint32_t){ IMAGE_CHUNK_MAGIC }, "KHCK", 4);
}

static void test_fields(void **state)
{
	(void)state;
	assert_field(CHUNK_DATA, index, 4, "chunk 3: calls itself 4");
	assert_field(CHUNK_DATA, index, UINT64_MAX, "chunk 3: calls itself 18446744073709551615");
	assert_field(CHUNK_DATA, kind, 0, "chunk 3: kind 0");
	assert_field(CHUNK_DATA, kind, 4, "chunk 3: kind 4");
	assert_field(CHUNK_DATA, kind, CHUNK_ZERO,
		     "chunk 3: 16384 bytes of payload, its kind has none");
	assert_field(CHUNK_FREE, packed, 1, "chunk 3: 1 bytes of payload, its kind has none");
	assert_field(CHUNK_DATA, nruns, 0, "chunk 3: 0 runs, at most 253 fit");
	assert_field(CHUNK_DATA, nruns, 254, "chunk 3: 254 runs, at most 253 fit");
	assert_field(CHUNK_DATA, nruns, UINT32_MAX, "chunk 3: 4294967295 runs, at most 253 fit");
	assert_field(CHUNK_DATA, codec, 99, "chunk 3: codec 99 is not built in");
}

static void test_sizes(void **state)
{
	(void)state;
	assert_field(CHUNK_DATA, npages, 257, "chunk 3: 257 pages in 16384 bytes");
	/* npages * 4096 would wrap to 0 and to 16384 */
	assert_field(CHUNK_DATA, npages, 0x100000, "chunk 3: 1048576 pages in 16384 bytes");
	assert_field(CHUNK_DATA, npages, 0x100004, "chunk 3: 1048580 pages in 16384 bytes");
	assert_field(CHUNK_DATA, npages, 0, "chunk 3: 0 pages in 16384 bytes");
	assert_field(CHUNK_DATA, packed, 0, "chunk 3: 4 pages in 0 bytes");
	assert_field(CHUNK_DATA, packed, 16385, "chunk 3: 4 pages in 16385 bytes");
	assert_field(CHUNK_DATA, packed, UINT32_MAX, "chunk 3: 4 pages in 4294967295 bytes");
	assert_field(CHUNK_DATA, packed, 16383, "chunk 3: 4 pages in 16383 bytes, not packed");
	assert_field(CHUNK_ZERO, npages, 5, "chunk 3: its runs have 4 pages, its head says 5");
	assert_field(CHUNK_FREE, npages, 3, "chunk 3: its runs have 4 pages, its head says 3");
}

static void test_runs_in_the_map(void **state)
{
	const char *text = "chunk 3: %u pages from pfn %#llx are not in the RAM map";

	(void)state;
	assert_field(CHUNK_ZERO, runs[0].pfn, 0, text, PAGES, 0ull);
	assert_field(CHUNK_ZERO, runs[0].pfn, 0x9e, text, PAGES, 0x9eull);	/* past the end */
	assert_field(CHUNK_ZERO, runs[0].pfn, 0x800, text, PAGES, 0x800ull);
	assert_field(CHUNK_ZERO, runs[0].count, 0, text, 0, (ull)PFN);
	assert_field(CHUNK_ZERO, runs[0].count, 0x800 - PFN + 1, text, 0x681, (ull)PFN);
	assert_field(CHUNK_ZERO, runs[0].count, IMAGE_RUN_PAGES + 1, text, IMAGE_RUN_PAGES + 1,
		     (ull)PFN);
	assert_field(CHUNK_ZERO, runs[0].count, UINT32_MAX, text, UINT32_MAX, (ull)PFN);
	assert_field(CHUNK_ZERO, runs[0].zero, 1, text, PAGES, (ull)PFN);
	/* pfn + count would wrap, and so would pfn * 4096 */
	assert_field(CHUNK_ZERO, runs[0].pfn, UINT64_MAX - 1, text, PAGES, UINT64_MAX - 1ull);
	assert_field(CHUNK_ZERO, runs[0].pfn, (1ull << 52) + PFN, text, PAGES, (1ull << 52) + PFN);
}

/* Runs that add up to npages only modulo 2^32. */
static void test_pages_do_not_wrap(void **state)
{
	const struct ram_range vast = { 0, IMAGE_MAX_PFN * IMAGE_BLOCK };
	struct chunk_head c = good(CHUNK_ZERO);
	char why[WHY_SIZE];

	(void)state;
	c.nruns = 17;
	for (size_t i = 0; i < c.nruns; i++)
		c.runs[i] = (struct image_run){ i * IMAGE_RUN_PAGES, IMAGE_RUN_PAGES, 0 };
	c.runs[16].count = PAGES;
	reseal(&c);
	assert_refused(chunk_check(&c, 3, c.sum, &vast, 1, why), why,
		       "chunk 3: its runs have 4294967300 pages, its head says 4");
}

int chunk_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_chunks),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_every_byte_of_the_payload_counts),
		cmocka_unit_test(test_sums_and_magic),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_runs_in_the_map),
		cmocka_unit_test(test_pages_do_not_wrap),
	};

	return cmocka_run_group_tests_name("chunk", tests, NULL, NULL);
}
