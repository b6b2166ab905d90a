// SPDX-License-Identifier: GPL-2.0-only
/* amem.c - page tables of four and five levels, pages of each size, entries that lead nowhere */
#include "sleeper.h"

static struct sleeper s;

static void start(int levels, uint64_t sme_mask)
{
	const struct vmcoreinfo info = {
		.top_table = KERNEL_MAP + 0x1000, .phys_base = 0x1200000,
		.five_levels = levels == 5, .sme_mask = sme_mask,
	};

	amem_start(&s.mem, &info);
}

static void begin_levels(int levels)
{
	sleeper_begin(&s, LIKE_6_12, levels);
	start(levels, 0);
}

static int begin(void **state)
{
	(void)state;
	begin_levels(4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sleeper_end(&s);
	return 0;
}

static void assert_walk(uint64_t virt, uint64_t want, uint64_t want_left)
{
	uint64_t phys, left;
	char why[WHY_SIZE];

	assert_passes(amem_walk(&s.mem, virt, &phys, &left, why), why);
	assert_int_equal(phys, want);
	assert_int_equal(left, want_left);
}

#define assert_no_walk(virt, ...) do {							\
	uint64_t phys_, left_;								\
	char why_[WHY_SIZE];								\
											\
	assert_refused(amem_walk(&s.mem, virt, &phys_, &left_, why_) < 0 ? -1 : 0, why_,	\
		       __VA_ARGS__);	\
} while (0)

static void assert_sizes(void)
{
	assert_walk(KERNEL_MAP, 0x1200000, 0x200000);
	assert_walk(KERNEL_MAP + 0x1ffff8, 0x13ffff8, 8);
	assert_walk(DIRECT_MAP + 0x123456, 0x123456, (1 << 30) - 0x123456);
	assert_walk(VMEMMAP, (0x1150 + 79) * 4096ull, 4096);
	assert_walk(VMEMMAP + 0x2fff, (0x1150 + 77) * 4096ull + 0xfff, 1);
	assert_no_walk(KERNEL_MAP + 0x200000,
		       "address 0xffffffff80200000: entry of level 2 is 0, not present");
}

static void test_sizes(void **state)
{
	(void)state;
	assert_sizes();
	assert_no_walk(0xffff7fffffffffff,
		       "address 0xffff7fffffffffff: no 4 levels of page tables have it");
	assert_no_walk(0x800000000000,
		       "address 0x800000000000: no 4 levels of page tables have it");
	assert_no_walk(0, "address 0: entry of level 4 is 0, not present");
}

static void test_five_levels(void **state)
{
	(void)state;
	sleeper_end(&s);
	begin_levels(5);
	assert_sizes();
	sleeper_map(&s, 0xff11000000000000, 0x40000000, 3);
	*sleeper_entry(&s, 0xff22000000000000, 5) = 0x1200000 | 0xe7;
	start(5, 0);	/* it keeps what it has read */
	assert_walk(0xff11000000000123, 0x40000123, (1 << 30) - 0x123);
	assert_no_walk(0xfeffffffffffffff,
		       "address 0xfeffffffffffffff: no 5 levels of page tables have it");
	assert_no_walk(0xff22000000000000,
		       "address 0xff22000000000000: entry of level 5 is 0x12000e7, a page");
}

/* Bits above and below the address: no-execute, keys, the attribute in bit 12 of a large page. */
static void test_attributes(void **state)
{
	(void)state;
	*sleeper_entry(&s, KERNEL_MAP, 2) = 0xfff0000000000000 | 0x1200000 | 0x11e3;
	assert_walk(KERNEL_MAP + 0x5000, 0x1205000, 0x200000 - 0x5000);
	*sleeper_entry(&s, VMEMMAP, 1) =
		0x8000000000000000 | 0x1150000 | 0x1e3; /* bit 7 is PAT here */
	assert_walk(VMEMMAP + 1, 0x1150001, 4095);
	*sleeper_entry(&s, DIRECT_MAP, 4) |= 0x80;
	start(4, 0);
	assert_no_walk(DIRECT_MAP, "address 0xffff888000000000: entry of level 4 is %#llx, a page",
		       (unsigned long long)*sleeper_entry(&s, DIRECT_MAP, 4));
}

static void test_sme(void **state)
{
	const uint64_t mask = 1ull << 47;

	(void)state;
	for (int level = 2; level <= 4; level++)
		*sleeper_entry(&s, KERNEL_MAP, level) |= mask;
	start(4, mask);
	assert_walk(KERNEL_MAP, 0x1200000, 0x200000);
	start(4, 0);
	assert_no_walk(KERNEL_MAP, "no memory at %#llx",
		       (unsigned long long)(*sleeper_entry(&s, KERNEL_MAP, 4) & 0xffffffffff000));
}

static void test_read(void **state)
{
	uint8_t buf[3 * IMAGE_BLOCK], *first = sleeper_at(&s, 0x1150 + 79),
				      *next = first - IMAGE_BLOCK;
	char why[WHY_SIZE];

	(void)state;
	memset(first, 0x55, IMAGE_BLOCK);
	memset(next, 0xaa, IMAGE_BLOCK);
	assert_passes(amem_read(&s.mem, VMEMMAP + 4000, buf, 100, why), why);
	assert_int_equal(buf[95], 0x55);
	assert_int_equal(buf[96], 0xaa);
	/* The image needs no tables. */
	*sleeper_entry(&s, KERNEL_MAP, 2) = 0;
	memcpy(sleeper_at(&s, 0x1234), "here", 4);
	assert_passes(amem_read(&s.mem, KERNEL_MAP + 0x34000, buf, 4, why), why);
	assert_memory_equal(buf, "here", 4);
	assert_refused(amem_read(&s.mem, KERNEL_MAP + (1 << 30), buf, 4, why), why,
		       "address 0xffffffffc0000000: entry of level 3 is 0, not present");
	assert_refused(amem_read(&s.mem, VMEMMAP + 79 * IMAGE_BLOCK, buf, sizeof buf, why), why,
		       "address 0xffffea0000050000: entry of level 1 is 0, not present");
}

int amem_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sizes, begin, end),
		cmocka_unit_test_setup_teardown(test_five_levels, begin, end),
		cmocka_unit_test_setup_teardown(test_attributes, begin, end),
		cmocka_unit_test_setup_teardown(test_sme, begin, end),
		cmocka_unit_test_setup_teardown(test_read, begin, end),
	};

	return cmocka_run_group_tests_name("amem", tests, NULL, NULL);
}
