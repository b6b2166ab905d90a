// SPDX-License-Identifier: GPL-2.0-only
/* fsprobe.c - superblocks made by hand: recognised, hostile, several at once */
#include "../../image/fsprobe.h"
#include "unit.h"

#define GIB (1ull << 30)

static uint8_t blocks[FSPROBE_START];

static void put(size_t at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		blocks[at + i] = value >> 8 * i;
}

static void put_be(size_t at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		blocks[at + i] = value >> 8 * (bytes - 1 - i);
}

/* On the heap, so that reading past the blocks is seen.  All ranges lie on the device. */
static struct fsprobe probe(uint64_t size)
{
	uint8_t *exact = copy_of(blocks, sizeof blocks);
	struct fsprobe p;

	memset(&p, 0xff, sizeof p);
	fsprobe(exact, size, &p);
	free(exact);
	assert_in_range(p.nranges, 1, FSPROBE_RANGES);
	for (int i = 0; i < p.nranges; i++)
		if (p.ranges[i].start >= p.ranges[i].end || p.ranges[i].end > size)
			fail_msg("range %d is not on the device", i);
	assert_true(p.log_start <= p.log_end && p.log_end <= size);
	assert_int_equal((p.log_start | p.log_end) % FSPROBE_SECTOR, 0);
	return p;
}

#define assert_range(p, i, first, length) do {			\
	assert_int_equal((p).ranges[i].start, first);		\
	assert_int_equal((p).ranges[i].end, (first) + (length));	\
} while (0)

static int blank(void **state)
{
	(void)state;
	memset(blocks, 0, sizeof blocks);
	return 0;
}

static void make_ext(void)
{
	put(1024, 1000, 4);
	put(1024 + 0x18, 2, 4);
	put(1024 + 0x38, 0xef53, 2);
	memset(blocks + 1024 + 0x68, 0xe4, 16);
}

/* Blocks of 4 KiB, four groups of 65536, a log of 16384 blocks at block 5 of group 2. */
static void make_xfs(void)
{
	memcpy(blocks, "XFSB", 4);
	put_be(4, 4096, 4);
	memset(blocks + 32, 0xf5, 16);
	put_be(48, 2 << 16 | 5, 8);
	put_be(84, 65536, 4);
	put_be(96, 16384, 4);
	put_be(102, 512, 2);
	blocks[124] = 16;
}

static void make_vfat(bool fat32)
{
	put(11, 512, 2);
	put(13, 8, 1);
	put(14, 32, 2);
	put(16, 2, 1);
	put(21, 0xf8, 1);
	put(510, 0xaa55, 2);
	if (fat32) {
		put(36, 1000, 4);
		put(44, 7, 4);
		put(48, 1, 2);
		put(67, 0x12345678, 4);
	} else {
		put(17, 512, 2);
		put(22, 200, 2);
		put(39, 0xcafe1234, 4);
	}
}

static void test_ext(void **state)
{
	struct fsprobe p;

	(void)state;
	make_ext();
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_EXT);
	assert_int_equal(p.uuid[15], 0xe4);
	assert_int_equal(p.nranges, 1);
	assert_range(p, 0, 1024, 1024);
	p = probe(1500);
	assert_range(p, 0, 1024, 476);
	put(1024, 0, 4);	/* no inodes */
	assert_int_equal(probe(GIB).type, GUARD_OTHER);
	make_ext();
	put(1024 + 0x18, 7, 4);
	assert_int_equal(probe(GIB).type, GUARD_OTHER);
}

static void test_xfs(void **state)
{
	struct fsprobe p;

	(void)state;
	make_xfs();
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_XFS);
	assert_int_equal(p.uuid[0], 0xf5);
	assert_int_equal(p.nranges, 1);
	assert_range(p, 0, 0, 2048);
	assert_int_equal(p.log_start, (2 * 65536 + 5) * 4096);
	assert_int_equal(p.log_end - p.log_start, 64 << 20);
	fsprobe_log_head(&p, p.log_start + 512);
	assert_range(p, 1, p.log_start, 512 + FSPROBE_LOG_PART);
	fsprobe_log_head(&p, p.log_start + (1 << 20));
	assert_range(p, 2, p.log_start + (1 << 20) - FSPROBE_LOG_PART, 2 * FSPROBE_LOG_PART);
	fsprobe_log_head(&p, p.log_end);
	assert_range(p, 3, p.log_end - FSPROBE_LOG_PART, FSPROBE_LOG_PART);
}

static void test_xfs_hostile(void **state)
{
	static const struct { size_t at; uint64_t value; size_t bytes;
	} bad[] = {
		{ 4, 0, 4 }, { 4, 3, 4 }, { 4, 256, 4 }, { 4, 1u << 31, 4 },
		{ 84, 0, 4 }, { 102, 0, 2 }, { 102, 513, 2 }, { 124, 32, 1 },
	}, no_log[] = {
		{ 48, 0, 8 }, { 48, UINT64_MAX, 8 }, { 48, 4ull << 16, 8 }, { 48, 1ull << 63, 8 },
		{ 96, 0, 4 }, { 96, UINT32_MAX, 4 }, { 96, 2 * 65536 - 4, 4 },
		{ 84, UINT32_MAX, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		make_xfs();
		put_be(bad[i].at, bad[i].value, bad[i].bytes);
		if (probe(GIB).type != GUARD_OTHER)
			fail_msg("superblock %zu was taken", i);
	}
	for (size_t i = 0; i < COUNT(no_log); i++) {
		struct fsprobe p;

		make_xfs();
		put_be(no_log[i].at, no_log[i].value, no_log[i].bytes);
		p = probe(GIB);
		if (p.type != GUARD_XFS || p.log_end)
			fail_msg("log %zu was taken: to %llu", i, (unsigned long long)p.log_end);
	}
	make_xfs();
	put_be(96, 2 * 65536 - 5, 4);	/* to the device's last byte */
	assert_int_equal(probe(GIB).log_end, GIB);
}

static void test_log_cycle(void **state)
{
	uint8_t sector[FSPROBE_SECTOR] = { 0, 0, 1, 2, 9, 9, 9, 9 };

	(void)state;
	assert_int_equal(fsprobe_log_cycle(sector), 0x102);
	memcpy(sector, "\xfe\xed\xba\xbe\0\0\0\7", 8);
	assert_int_equal(fsprobe_log_cycle(sector), 7);
}

static void test_btrfs(void **state)
{
	struct fsprobe p;

	(void)state;
	memcpy(blocks + 0x10040, "_BHRfS_M", 8);
	memset(blocks + 0x10020, 0x11, 16);
	memset(blocks + 0x1010b, 0xb7, 16);
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_BTRFS);
	assert_int_equal(p.uuid[15], 0xb7);
	assert_int_equal(p.nranges, 1);
	assert_range(p, 0, 65536, 4096);
}

static void test_vfat(void **state)
{
	struct fsprobe p;

	(void)state;
	make_vfat(true);
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_VFAT);
	assert_memory_equal(p.uuid, "\x78\x56\x34\x12\0\0", 6);
	assert_int_equal(p.nranges, 4);
	assert_range(p, 0, 0, 512);
	assert_range(p, 1, 32 * 512, 1000 * 512);
	assert_range(p, 2, 512, 512);
	assert_range(p, 3, (32 + 2000 + 5 * 8) * 512, 4096);
	put(36, UINT32_MAX, 4);	/* the first 4 MiB of a FAT, no root directory on the device */
	p = probe(GIB);
	assert_int_equal(p.nranges, 3);
	assert_range(p, 1, 32 * 512, 4 << 20);
	put(36, 1000, 4);
	put(44, UINT32_MAX, 4);
	assert_int_equal(probe(GIB).nranges, 3);
	put(44, 1, 4);
	assert_int_equal(probe(GIB).nranges, 3);
	blank(state);
	make_vfat(false);
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_VFAT);
	assert_int_equal(p.nranges, 3);
	assert_range(p, 2, (32 + 400) * 512, 512 * 32);
}

static void test_vfat_hostile(void **state)
{
	static const struct { size_t at; uint64_t value; size_t bytes; } bad[] = {
		{ 11, 0, 2 }, { 11, 256, 2 }, { 11, 1000, 2 }, { 11, 8192, 2 }, { 13, 0, 1 },
		{ 13, 3, 1 }, { 14, 0, 2 }, { 16, 0, 1 }, { 16, 3, 1 }, { 17, 16, 2 },
		{ 21, 0, 1 }, { 36, 0, 4 }, { 510, 0, 1 }, { 511, 0, 1 },
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		blank(state);
		make_vfat(true);
		put(bad[i].at, bad[i].value, bad[i].bytes);
		if (probe(GIB).type != GUARD_OTHER)
			fail_msg("boot sector %zu was taken", i);
	}
}

static void test_swap(void **state)
{
	struct fsprobe p;

	(void)state;
	memcpy(blocks + 4086, "SWAPSPACE2", 10);
	memset(blocks + 1036, 0x5a, 16);
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_SWAP);
	assert_int_equal(p.uuid[0], 0x5a);
	assert_range(p, 0, 0, 1 << 20);
	assert_int_equal(p.nranges, 129);
	assert_range(p, 64, 64 << 20, 4096);
	assert_range(probe(40960), 0, 0, 40960);
	memcpy(blocks + 4086, "S1SUSPEND\0", 10);
	assert_int_equal(probe(GIB).type, GUARD_SWAP);
}

static void test_other(void **state)
{
	struct fsprobe p = probe(GIB);

	(void)state;
	assert_int_equal(p.type, GUARD_OTHER);
	assert_int_equal(p.nranges, 6);
	assert_range(p, 0, 0, 128 << 10);
	assert_range(p, 4, 17 << 20, 128 << 10);
	assert_range(p, 5, GIB - (128 << 10), 128 << 10);
	p = probe(512);
	assert_int_equal(p.nranges, 2);
	assert_range(p, 0, 0, 512);
	assert_range(p, 1, 0, 512);
}

/* mkfs may leave an older superblock standing: whoever is right, its bytes count. */
static void test_several(void **state)
{
	struct fsprobe p;

	(void)state;
	make_ext();
	memcpy(blocks + 4086, "SWAPSPACE2", 10);
	memcpy(blocks + 0x10040, "_BHRfS_M", 8);
	p = probe(GIB);
	assert_int_equal(p.type, GUARD_EXT);
	assert_int_equal(p.uuid[0], 0xe4);
	assert_int_equal(p.nranges, 1 + 1 + 129);
}

static void test_garbage(void **state)
{
	(void)state;
	random_start(46);
	for (int i = 0; i < 20000; i++) {
		switch (i % 3) {
		case 0: make_xfs(); break;
		case 1: make_vfat(i & 1); break;
		case 2: make_ext(); break;
		}
		for (int j = 0; j < 3; j++)
			blocks[random_below(i % 2 ? 128 : 2048)] = random_next();
		probe(random_below(2) ? 1 + random_below(GIB) : 1 + random_next() / 2);
		memset(blocks, 0, 2048);
	}
}

static void test_names(void **state)
{
	struct image_guard g = { .type = GUARD_XFS,
				 .uuid = "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10" };
	char text[GUARD_UUID_TEXT];

	(void)state;
	guard_uuid_text(&g, text);
	assert_string_equal(text, "01020304-0506-0708-090a-0b0c0d0e0f10");
	g.type = GUARD_VFAT;
	guard_uuid_text(&g, text);
	assert_string_equal(text, "0403-0201");
	g.type = GUARD_OTHER;
	guard_uuid_text(&g, text);
	assert_string_equal(text, "");
	assert_int_equal(guard_type_by_name("contents"), GUARD_OTHER);
	assert_int_equal(guard_type_by_name("?"), 0);
	assert_string_equal(guard_type_name(GUARD_SWAP), "swap");
	assert_string_equal(guard_type_name(GUARD_SWAP + 1), "?");
}

int fsprobe_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ext, blank),
		cmocka_unit_test_setup(test_xfs, blank),
		cmocka_unit_test_setup(test_xfs_hostile, blank),
		cmocka_unit_test(test_log_cycle),
		cmocka_unit_test_setup(test_btrfs, blank),
		cmocka_unit_test_setup(test_vfat, blank),
		cmocka_unit_test(test_vfat_hostile),
		cmocka_unit_test_setup(test_swap, blank),
		cmocka_unit_test_setup(test_other, blank),
		cmocka_unit_test_setup(test_several, blank),
		cmocka_unit_test_setup(test_garbage, blank),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("fsprobe", tests, NULL, NULL);
}
