// SPDX-License-Identifier: GPL-2.0-only
/* head-place.c - the head's addresses, lengths and codec; and which machine an image fits */
#include "unit.h"

#define MAX_BYTES (IMAGE_MAX_PFN * IMAGE_BLOCK)

/* A head with one field changed is refused with this text, unless it is used up. */
#define assert_field(field, value, ...) do {					\
	struct image_head h_ = sample_head(IMAGE_ARMED);			\
	char why_[WHY_SIZE];							\
										\
	h_.field = (value);							\
	head_seal(&h_);								\
	assert_refused(head_check(&h_, why_), why_, __VA_ARGS__);		\
	h_.state = IMAGE_RESUMING;						\
	head_seal(&h_);								\
	assert_refused(head_check(&h_, why_), why_, __VA_ARGS__);		\
	h_.state = IMAGE_USED;							\
	head_seal(&h_);								\
	assert_passes(head_check(&h_, why_), why_);				\
} while (0)

/* It is accepted. */
#define assert_field_passes(field, value) do {					\
	struct image_head h_ = sample_head(IMAGE_ARMED);			\
	char why_[WHY_SIZE];							\
										\
	h_.field = (value);							\
	head_seal(&h_);								\
	assert_passes(head_check(&h_, why_), why_);				\
} while (0)

static void test_ranges(void **state)
{
	(void)state;
	assert_field(window.start, 0x400000, "head: window from 0x400000 to 0x400000");
	assert_field(window.start, 0x401000, "head: window from 0x401000 to 0x400000");
	assert_field(window.start, 0x200800, "head: window from 0x200800 to 0x400000");
	assert_field(window.end, 0x400001, "head: window from 0x200000 to 0x400001");
	assert_field(window.end, MAX_BYTES + IMAGE_BLOCK,
		     "head: window from 0x200000 to 0x10000000001000");
	assert_field(window.end, -(ull)IMAGE_BLOCK,
		     "head: window from 0x200000 to 0xfffffffffffff000");
	assert_field_passes(window.end, MAX_BYTES);
	assert_field(low.start, 0x9f000, "head: low memory from 0x9f000 to 0x9f000");
	assert_field(low.start, 0xfff, "head: low memory from 0xfff to 0x9f000");
	assert_field(low.end, 0, "head: low memory from 0x1000 to 0");
	assert_field_passes(low.start, 0);
}

static void test_addresses(void **state)
{
	(void)state;
	assert_field(entry, 0, "head: jump back entry at 0");
	assert_field(entry, MAX_BYTES, "head: jump back entry at 0x10000000000000");
	assert_field(entry, UINT64_MAX, "head: jump back entry at 0xffffffffffffffff");
	assert_field_passes(entry, MAX_BYTES - 1);
	assert_field(mailbox, 0x1100010, "head: mailbox at 0x1100010");
	assert_field(mailbox, MAX_BYTES, "head: mailbox at 0x10000000000000");
	assert_field_passes(mailbox, 0);
	assert_field_passes(mailbox, MAX_BYTES - IMAGE_BLOCK);
}

static void test_layout(void **state)
{
	(void)state;
	assert_field(chunk_pages, 512, "head: chunk_pages is 512, known are 256 to 256");
	assert_field(codec, 99, "head: codec 99 is not built in");
	assert_field(codec_level, 23, "head: codec_level is 23, known are 0 to 22");
	assert_field(codec_level, UINT32_MAX, "head: codec_level is 4294967295, known are 0 to 22");
	assert_field_passes(codec_level, 22);
	assert_field(cipher, 1,
		     "head: cipher is 1, known are 0 to 0");
	assert_field(key_slots, 2,
		     "head: key_slots is 2, known are 0 to 0");
}

static void test_tail_place(void **state)
{
	const ull top = INT64_MAX & ~(ull)(IMAGE_BLOCK - 1);

	(void)state;
	assert_field(tail_offset, 0, "head: tail of 8192 bytes at 0");
	assert_field(tail_offset, 0x100200, "head: tail of 8192 bytes at 1049088");
	assert_field(tail_length, 0, "head: tail of 0 bytes at 1048576");
	assert_field(tail_length, 4097, "head: tail of 4097 bytes at 1048576");
	/* offset + length would wrap, or pass what off_t can say */
	assert_field(tail_offset, -(ull)IMAGE_BLOCK,
		     "head: tail of 8192 bytes at 18446744073709547520");
	assert_field(tail_offset, top - 4096, "head: tail of 8192 bytes at 9223372036854767616");
	assert_field(tail_length, -(ull)IMAGE_BLOCK,
		     "head: tail of 18446744073709547520 bytes at 1048576");
	assert_field(tail_length, top, "head: tail of 9223372036854771712 bytes at 1048576");
	assert_field_passes(tail_offset, top - 8192);
	assert_field_passes(tail_offset, IMAGE_BLOCK);
	assert_field_passes(tail_length, IMAGE_BLOCK);
}

static void test_fits_machine(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	const struct machine same = sample_machine();
	struct machine m = same;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(head_fits_machine(&h, &m, why), why);
	m.arch = IMAGE_I386;
	assert_refused(head_fits_machine(&h, &m, why), why,
		       "architecture: image has 1, this kernel 2");
	m = same;
	m.ram_digest ^= 1;
	m.ram_bytes += IMAGE_BLOCK;
	assert_refused(
		head_fits_machine(&h, &m, why), why,
		"RAM map: image has %llu bytes (digest %016llx), this machine %llu (%016llx)",
		(ull)h.ram_bytes, (ull)h.ram_digest, (ull)m.ram_bytes, (ull)m.ram_digest);
	m.arch = IMAGE_I386;
	assert_passes(head_fits_kernel(&h, &m, why), why);	/* which is none of these */
}

/* The kernel does not fit, with this text, and the machine does. */
static void assert_kernel(const struct machine *m, const char *text)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE];

	assert_refused(head_fits_kernel(&h, m, why), why, "%s", text);
	assert_passes(head_fits_machine(&h, m, why), why);
}

static void test_fits_kernel(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	const struct machine same = sample_machine();
	struct machine m = same;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(head_fits_kernel(&h, &m, why), why);
	m.window.start += IMAGE_BLOCK;
	assert_kernel(
		&m, "window: image has 0x200000-0x400000, this kernel lives in 0x201000-0x400000");
	m = same;
	m.window.end -= IMAGE_BLOCK;
	assert_kernel(
		&m, "window: image has 0x200000-0x400000, this kernel lives in 0x200000-0x3ff000");
	m = same;
	m.low.start = 0;
	assert_kernel(&m, "low memory: image has 0x1000-0x9f000, this kernel 0-0x9f000");
	m = same;
	m.low.end = 0xa0000;
	assert_kernel(&m, "low memory: image has 0x1000-0x9f000, this kernel 0x1000-0xa0000");
	m = same;
	m.cpu.paging_levels = 5;
	assert_kernel(&m, "page table levels: image has 4, this kernel 5");
	m.cpu.features[8] &= ~256u;	/* microcode that the kernel loads may add some */
	assert_kernel(&m, "CPU features 80000001:edx: image has 00000100, this machine 00000000");
	h.cpu.paging_levels = 5;
	assert_refused(head_fits_kernel(&h, &same, why), why,
		       "page table levels: image has 5, this kernel 4");
}

int head_place_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_tail_place),
		cmocka_unit_test(test_fits_machine),
		cmocka_unit_test(test_fits_kernel),
	};

	return cmocka_run_group_tests_name("head-place", tests, NULL, NULL);
}
