// SPDX-License-Identifier: GPL-2.0-only
/* tail.c - the tail's checksum, sizes, chunk entries, RAM map and page counts */
#include "../../image/ram.h"
#include "../../image/page.h"
#include "unit.h"

#define CHUNKS 2u
#define LOG "saved by hand\n"
#define LOG_BYTES 14u
#define TAIL_BYTES (2 * IMAGE_BLOCK)

/* A tail on the heap, exactly as long as the head says, and the head that belongs to it. */
struct sample {
	struct image_head head;
	struct tail_view view;
};

/* Both checksums, after a change; the head's last. */
static void reseal(struct sample *s)
{
	s->head.tail_sum = sum64(s->view.tail, s->head.tail_length);
	head_seal(&s->head);
}

static int make(void **state)
{
	struct sample *s = calloc(1, sizeof *s);
	void *buf = malloc(tail_size(CHUNKS, SAMPLE_RANGES, SAMPLE_GUARDS, LOG_BYTES));

	memset(buf, 0xaa, TAIL_BYTES);
	s->head = sample_head(IMAGE_ARMED);
	s->view = tail_make(buf, CHUNKS, SAMPLE_RANGES, SAMPLE_GUARDS, LOG_BYTES);
	s->view.chunks[0] = (struct chunk_entry){ 0x1000, 11 };
	s->view.chunks[1] = (struct chunk_entry){ 0x3000, 22 };
	memcpy(s->view.ram, sample_ram, sizeof sample_ram);
	memcpy(s->view.guards, sample_guards, sizeof sample_guards);
	memcpy(s->view.log, LOG, LOG_BYTES);
	memcpy(s->view.tail->session, s->head.session, 16);
	s->view.tail->ram_pages = SAMPLE_PAGES;
	s->view.tail->swapped_pages = SAMPLE_SWAPPED;
	s->view.tail->saved_pages = 2000;
	s->view.tail->free_pages = 100;
	s->view.tail->zero_pages = SAMPLE_PAGES - SAMPLE_SWAPPED - 2100;
	s->head.tail_length = TAIL_BYTES;
	reseal(s);
	*state = s;
	return 0;
}

static int drop(void **state)
{
	struct sample *s = *state;

	free(s->view.tail);
	free(s);
	return 0;
}

static int check(struct sample *s, char *why)
{
	struct tail_view view;

	return tail_check(s->view.tail, &s->head, &view, why);
}

/* Seal with this field changed: refused with this text; then as it was. */
#define assert_field(s, field, value, ...) do {				\
	char why_[WHY_SIZE];						\
	uint64_t was_ = (s)->field;					\
									\
	(s)->field = (value);						\
	reseal(s);							\
	assert_refused(check(s, why_), why_, __VA_ARGS__);		\
	(s)->field = was_;						\
	reseal(s);							\
	assert_passes(check(s, why_), why_);				\
} while (0)

static void test_size(void **state)
{
	(void)state;
	assert_int_equal(tail_size(0, 0, 0, 0), 4096);
	assert_int_equal(tail_size(0, 0, 0, 1), 8192);
	assert_int_equal(tail_size(256, 0, 0, 0), 8192);
	assert_int_equal(tail_size(255, 1, 0, 1), 12288);
	assert_int_equal(tail_size(0, 0, 32, 0), 8192);
	assert_int_equal(tail_size(0, 0, 33, 0), 12288);
	assert_int_equal(tail_size(CHUNKS, SAMPLE_RANGES, SAMPLE_GUARDS, LOG_BYTES), TAIL_BYTES);
	/* all counts at their largest: nothing wraps */
	assert_int_equal(tail_size(UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX),
			 (4096 + 161ull * UINT32_MAX + 4095) / 4096 * 4096);
}

static void test_good_tail(void **state)
{
	struct sample *s = *state;
	struct tail_view view;
	char why[WHY_SIZE];

	assert_passes(tail_check(s->view.tail, &s->head, &view, why), why);
	assert_ptr_equal(view.tail, s->view.tail);
	assert_int_equal(view.chunks[1].sum, 22);
	assert_memory_equal(view.ram, sample_ram, sizeof sample_ram);
	assert_memory_equal(view.log, LOG, LOG_BYTES);
	assert_memory_equal(&view.tail->magic, "KHIBTAL1", 8);
	assert_int_equal(view.tail->pad[0] | view.log[LOG_BYTES], 0);
}

static void test_every_bit_counts(void **state)
{
	struct sample *s = *state;
	uint8_t *bytes = (uint8_t *)s->view.tail;
	char why[WHY_SIZE];

	for (size_t i = 0; i < 8 * TAIL_BYTES; i++) {
		if (i / 8 % IMAGE_BLOCK > 300)
			i += 7;		/* of the filling, one bit in each byte */
		bytes[i / 8] ^= 1u << i % 8;
		if (check(s, why) != -1)
			fail_msg("bit %zu of byte %zu does not count", i % 8, i / 8);
		bytes[i / 8] ^= 1u << i % 8;
	}
	assert_passes(check(s, why), why);
}

static void test_sums_magic_session(void **state)
{
	struct sample *s = *state;
	uint64_t sum = s->head.tail_sum;
	char why[WHY_SIZE];

	s->head.tail_sum = 0x99;
	assert_refused(check(s, why), why,
		       "tail: checksum is %016llx, the head has 0000000000000099", (ull)sum);
	s->view.tail->session[0] = 0xab;
	reseal(s);
	assert_refused(check(s, why), why, "tail: session ab65..., the head has 7365...");
	s->view.tail->magic = 5;
	reseal(s);
	assert_refused(check(s, why), why, "tail: magic is 0x5, a tail has 0x314c41544249484b");
}

static void test_lengths(void **state)
{
	struct sample *s = *state;
	const char *take =
		"tail: 8192 bytes; 2 chunks, %u RAM ranges, %u guards, %u bytes of log take %u";
	const char *most = "tail: 2 chunks, %u RAM ranges, %u guards, %u bytes of log; "
			   "at most 16777216, 512, 64, 65536";

	assert_field(s, view.tail->length, 4096, "tail: 4096 bytes, the head says 8192");
	assert_field(s, view.tail->length, UINT64_MAX,
		     "tail: 18446744073709551615 bytes, the head says 8192");
	assert_field(s, view.tail->log_bytes, 5000, take, 3, 2, 5000, 12288);
	assert_field(s, view.tail->log_bytes, UINT32_MAX, most, 3, 2, UINT32_MAX);
	assert_field(s, view.tail->nram, 300, take, 300, 2, LOG_BYTES, 12288);
	assert_field(s, view.tail->nram, UINT32_MAX, most, UINT32_MAX, 2, LOG_BYTES);
	assert_field(s, view.tail->nguards, 64, take, 3, 64, LOG_BYTES, 16384);
	assert_field(s, view.tail->nguards, UINT32_MAX, most, 3, UINT32_MAX, LOG_BYTES);
}

static void test_chunk_counts(void **state)
{
	struct sample *s = *state;
	const uint32_t over[] = { IMAGE_MAX_CHUNKS + 1, 1u << 28, UINT32_MAX };
	char why[WHY_SIZE];

	for (size_t i = 0; i < COUNT(over); i++) {
		s->view.tail->nchunks = over[i];
		reseal(s);
		assert_refused(check(s, why), why,
			       "tail: %u chunks, 3 RAM ranges, 2 guards, 14 bytes of log; "
			       "at most 16777216, 512, 64, 65536",
			       over[i]);
	}
	s->view.tail->nchunks = IMAGE_MAX_CHUNKS;
	reseal(s);
	assert_refused(check(s, why), why, "tail: 8192 bytes; 16777216 chunks, "
		       "3 RAM ranges, 2 guards, 14 bytes of log take 268443648");
}

static void test_entries(void **state)
{
	struct sample *s = *state;

	assert_field(s, view.chunks[0].offset, 0x2000,
		     "tail: after the head comes byte 8192, expected 4096");
	assert_field(s, view.chunks[0].offset, 0,
		     "tail: after the head comes byte 0, expected 4096");
	assert_field(s, view.chunks[1].offset, 0x1000,
		     "tail: chunk 1 at 4096, expected from 8192 to 1048576");
	assert_field(s, view.chunks[1].offset, 0x3200,
		     "tail: chunk 1 at 12800, expected from 8192 to 1048576");
	assert_field(s, view.chunks[1].offset, 0x100000,
		     "tail: chunk 1 at 1048576, expected from 8192 to 1048576");
	assert_field(s, view.chunks[1].offset, -(ull)IMAGE_BLOCK,
		     "tail: chunk 1 at 18446744073709547520, expected from 8192 to 1048576");
}

static void test_no_chunks(void **state)
{
	struct sample *s = *state;
	char why[WHY_SIZE];

	/* All of RAM is exchanged by the jump. */
	s->view = tail_make(s->view.tail, 0, SAMPLE_RANGES, 0, 0);
	memcpy(s->view.ram, sample_ram, sizeof sample_ram);
	memcpy(s->view.tail->session, s->head.session, 16);
	s->view.tail->ram_pages = s->view.tail->swapped_pages = SAMPLE_PAGES;
	reseal(s);
	assert_refused(check(s, why), why,
		       "tail: after the head comes byte 1048576, expected 4096");
	s->head.tail_offset = IMAGE_BLOCK;
	reseal(s);
	assert_passes(check(s, why), why);
}

static void test_ram_map(void **state)
{
	struct sample *s = *state;
	struct ram_range first = s->view.ram[0];
	char why[WHY_SIZE];

	assert_field(s, view.ram[0].end, 0x1000, "RAM range 0: start 0x1000, end 0x1000");
	assert_field(s, view.ram[1].start, 0x9e000,
		     "RAM ranges overlap: one ends at 0x9f000, the next starts at 0x9e000");
	assert_field(s, view.ram[1].start, 0x9f000, "tail: 3 RAM ranges, 2 once sorted and joined");
	assert_field(s, view.ram[2].end, IMAGE_MAX_PFN * IMAGE_BLOCK + IMAGE_BLOCK,
		     "tail: RAM ends at 0x10000000001000");
	assert_field(s, view.ram[2].end, UINT64_MAX, "tail: RAM ends at 0xffffffffffffffff");
	assert_field(s, view.ram[2].end, 0x13ff000, "tail: 2974 pages, its RAM map has 2973");
	assert_field(s, head.entry, 0x900000,
		     "jump back entry 0x900000 is not in the 3 RAM ranges");
	s->view.ram[0] = s->view.ram[1];
	s->view.ram[1] = first;
	reseal(s);
	assert_refused(check(s, why), why, "tail: 3 RAM ranges, 3 once sorted and joined");
	s->view = tail_make(s->view.tail, 0, 0, 0, 1);
	memcpy(s->view.tail->session, s->head.session, 16);
	s->head.tail_offset = IMAGE_BLOCK;
	reseal(s);
	assert_refused(check(s, why), why, "jump back entry 0x1234560 is not in the 0 RAM ranges");
}

static void test_guards(void **state)
{
	struct sample *s = *state;
	char *name = s->view.guards[0].name;
	char why[WHY_SIZE];

	assert_field(s, view.guards[0].type, 0, "guard 0: type 0, known are 1 to 6");
	assert_field(s, view.guards[1].type, 7, "guard 1: type 7, known are 1 to 6");
	assert_field(s, view.guards[0].flags, 8, "guard 0: flags are 0x8, and its filling is zero");
	assert_field(s, view.guards[1].pad[23], 1,
		     "guard 1: flags are 0, and its filling is not zero");
	assert_field(s, view.guards[0].size, 0, "guard 0: /dev/vda2 has 0 bytes");
	assert_field(s, view.guards[0].name[5], 0, "guard 0: name /dev/, expected /dev/NAME");
	assert_field(s, view.guards[0].name[4], '-', "guard 0: name /dev-vda2, expected /dev/NAME");
	assert_field(s, view.guards[0].name[6], 0x1b, "guard 0: name has byte 0x1b at 6");
	memset(name + 5, 'x', GUARD_NAME - 5);
	reseal(s);
	assert_refused(check(s, why), why, "guard 0: name has no end within its 64 bytes");
	name[GUARD_NAME - 1] = 0;
	reseal(s);
	assert_passes(check(s, why), why);
}

static void test_counts(void **state)
{
	struct sample *s = *state;
	const char *text =
		"pages: RAM map has 2974, swapped %llu + saved %llu + zero 204 + free %llu differ";
	struct image_tail t = *s->view.tail;
	char why[WHY_SIZE];

	assert_field(s, view.tail->saved_pages, 2001, text, 670ull, 2001ull, 100ull);
	assert_field(s, view.tail->saved_pages, 1999, text, 670ull, 1999ull, 100ull);
	assert_field(s, view.tail->free_pages, UINT64_MAX, text, 670ull, 2000ull,
		     UINT64_MAX + 0ull);
	/* the sum is right modulo 2^64 */
	t.swapped_pages = UINT64_MAX;
	t.free_pages += SAMPLE_SWAPPED + 1;
	assert_refused(tail_check_counts(&t, why), why, text, UINT64_MAX + 0ull, 2000ull, 771ull);
}

int tail_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test_setup_teardown(test_good_tail, make, drop),
		cmocka_unit_test_setup_teardown(test_every_bit_counts, make, drop),
		cmocka_unit_test_setup_teardown(test_sums_magic_session, make, drop),
		cmocka_unit_test_setup_teardown(test_lengths, make, drop),
		cmocka_unit_test_setup_teardown(test_chunk_counts, make, drop),
		cmocka_unit_test_setup_teardown(test_entries, make, drop),
		cmocka_unit_test_setup_teardown(test_no_chunks, make, drop),
		cmocka_unit_test_setup_teardown(test_ram_map, make, drop),
		cmocka_unit_test_setup_teardown(test_guards, make, drop),
		cmocka_unit_test_setup_teardown(test_counts, make, drop),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
