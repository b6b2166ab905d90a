// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - fingerprints of what mkfs makes, in files, and how devices are found again */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../base/machine.h"
#include "../../base/guard.h"
#include "../../base/io.h"
#include "../../image/fsprobe.h"
#include "fakes.h"

static char dir[] = "/tmp/khib-guard-XXXXXX";
static char paths[4][64];	/* what the fake /proc/partitions has */
static int npaths;

bool __wrap_devices_look(bool (*look)(const char *path, void *arg), void *arg);

/* The linker puts this in place of the real one: see unit.mk. */
bool __wrap_devices_look(bool (*look)(const char *path, void *arg), void *arg)
{
	for (int i = 0; i < npaths; i++)
		if (look(paths[i], arg))
			return true;
	return false;
}

/* A new device of so many MiB; made by this command, which gets its path. */
static const char *device(const char *command, unsigned int mib)
{
	char line[256], *path = paths[npaths];

	snprintf(path, sizeof paths[0], "%s/d%d", dir, npaths);
	npaths++;
	snprintf(line, sizeof line,
		 "truncate -s %uM %s && PATH=$PATH:/usr/sbin:/sbin %s %s >/dev/null", mib, path,
		 command, path);
	if (system(line))
		fail_msg("%s", line);
	return path;
}

static const char *copy(const char *of)
{
	char line[256];
	const char *path = device("true", 1);

	snprintf(line, sizeof line, "cp --sparse=always %s %s", of, path);
	assert_int_equal(system(line), 0);
	return path;
}

static void poke(const char *path, uint64_t offset, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, offset), len);
	close(fd);
}

/* Another byte there. */
static void flip(const char *path, uint64_t offset)
{
	uint8_t byte;
	int fd = open(path, O_RDONLY);

	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	close(fd);
	byte ^= 1;
	poke(path, offset, &byte, 1);
}

static struct image_guard take(const char *path)
{
	struct image_guard g;

	assert_int_equal(guard_read(path, &g, true), 0);
	return g;
}

/* Does the fingerprint tell that this byte is another one? */
static bool counts(const char *path, uint64_t offset)
{
	uint64_t before = take(path).digest, after;

	flip(path, offset);
	after = take(path).digest;
	flip(path, offset);
	assert_int_equal(take(path).digest, before);
	return before != after;
}

/* Type and UUID are those that blkid finds. */
static void assert_made(const char *path, enum guard_type type, const char *tag)
{
	struct image_guard g = take(path);
	char line[128], uuid[GUARD_UUID_TEXT], wanted[GUARD_UUID_TEXT] = "";
	FILE *blkid;

	snprintf(line, sizeof line, "PATH=$PATH:/usr/sbin:/sbin blkid -p -o value -s %s %s", tag,
		 path);
	blkid = popen(line, "r");
	assert_non_null(fgets(wanted, sizeof wanted, blkid));
	pclose(blkid);
	wanted[strcspn(wanted, "\n")] = 0;
	guard_uuid_text(&g, uuid);
	assert_int_equal(g.type, type);
	assert_string_equal(uuid, wanted);
	assert_string_equal(g.name, path);
}

static int begin(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/khib-guard-XXXXXX");
	npaths = 0;
	return mkdtemp(dir) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	for (int i = 0; i < npaths; i++)
		unlink(paths[i]);
	return rmdir(dir);
}

static void test_ext(void **state)
{
	const char *d = device("mkfs.ext4 -q", 20);

	(void)state;
	assert_made(d, GUARD_EXT, "UUID");
	assert_true(counts(d, 1024 + 0x34));	/* s_mnt_count */
	assert_true(counts(d, 1024 + 0x60));	/* needs_recovery, at bit 2 */
	assert_false(counts(d, 0));
	assert_false(counts(d, 10 << 20));
	assert_made(device("mkfs.ext2 -q -b 1024", 2), GUARD_EXT, "UUID");
}

static void test_xfs(void **state)
{
	const char *d = device("mkfs.xfs -q", 300);
	uint8_t sectors[2][512] = { { 0xfe, 0xed, 0xba, 0xbe, 0, 0, 0, 1 }, { 0, 0, 0, 1 } };
	uint8_t start[FSPROBE_START];
	struct image_guard before;
	struct fsprobe p;
	int fd = open(d, O_RDONLY);

	(void)state;
	assert_made(d, GUARD_XFS, "UUID");
	assert_int_equal(pread(fd, start, sizeof start, 0), sizeof start);
	close(fd);
	fsprobe(start, 300 << 20, &p);
	assert_true(p.log_end > p.log_start);
	/* What an unmount leaves at the head: a record's header, and its contents. */
	before = take(d);
	poke(d, p.log_start + 1024, sectors, sizeof sectors);
	assert_int_not_equal(take(d).digest, before.digest);
	/* A log that is long in use, at its last block, then around. */
	for (uint64_t at = p.log_start; at < p.log_end - 1024; at += 512)
		poke(d, at, "\0\0\0\5", 4);
	before = take(d);
	poke(d, p.log_end - 1024, "\0\0\0\5", 4);
	assert_int_not_equal(take(d).digest, before.digest);
	poke(d, p.log_end - 512, "\0\0\0\5", 4);
	before = take(d);
	poke(d, p.log_start, "\xfe\xed\xba\xbe\0\0\0\6", 8);
	assert_int_not_equal(take(d).digest, before.digest);
	assert_true(counts(d, 0x78));
	assert_false(counts(d, 64 << 10));
}

static void test_btrfs_vfat_swap(void **state)
{
	const char *d = device("mkfs.btrfs -q", 110);

	(void)state;
	assert_made(d, GUARD_BTRFS, "UUID_SUB");
	assert_true(counts(d, 0x10000 + 0x48));	/* generation */
	assert_false(counts(d, 0x12000));
	d = device("mkfs.vfat -F 32", 40);
	assert_made(d, GUARD_VFAT, "UUID");
	assert_true(counts(d, 0x41));		/* the flag of a mount */
	assert_true(counts(d, 512 + 488));	/* free clusters */
	assert_true(counts(d, 32 * 512 + 100));	/* FAT */
	d = device("mkfs.vfat -F 16", 20);
	assert_made(d, GUARD_VFAT, "UUID");
	d = device("mkswap -q", 10);
	assert_made(d, GUARD_SWAP, "UUID");
	assert_true(counts(d, 4096 + 70000));
	assert_true(counts(d, 5 << 20));
	assert_false(counts(d, (5 << 20) + 4096));
}

static void test_other(void **state)
{
	const char *d = device("true", 30);
	struct image_guard g = take(d);

	(void)state;
	assert_int_equal(g.type, GUARD_OTHER);
	assert_true(counts(d, 0));
	assert_true(counts(d, (30 << 20) - 1));
	assert_true(counts(d, (16 << 20) + 1024));
	assert_false(counts(d, 10 << 20));
	/* as small as can be, and not whole blocks */
	assert_int_equal(truncate(d, 700), 0);
	g = take(d);
	assert_int_equal(g.size, 700);
	assert_true(counts(d, 699));
	assert_int_equal(truncate(d, 0), 0);
	assert_fails(guard_read(d, &g, true), "guard: %s has 0 bytes", d);
	assert_fails(guard_read("/dev/khib-none", &g, true),
		     "open /dev/khib-none: No such file or directory");
}

static void test_written(void **state)
{
	const char *d = device("mkfs.vfat -i 12345678", 20);
	struct image_guard g = take(d);

	(void)state;
	assert_int_equal(guards_check(&g, 1, 0), 0);
	flip(d, 0x25);
	assert_fails(guards_check(&g, 1, 0),
		     "guard: vfat of %s (UUID 1234-5678) was written since: "
		     "fingerprint is %016llx, the image has %016llx",
		     d, (unsigned long long)take(d).digest, (unsigned long long)g.digest);
	/* An unchanged copy elsewhere does not excuse it. */
	copy(d);
	flip(d, 0x25);
	g = take(d);
	flip(d, 0x25);
	flip(paths[1], 0x25);
	assert_int_equal(take(paths[1]).digest, g.digest);
	assert_int_equal(guards_check(&g, 1, 0), -1);
	/* Nor does it if the names are others. */
	snprintf(g.name, sizeof g.name, "%s/gone", dir);
	assert_int_equal(guards_check(&g, 1, 0), -1);
}

static void test_names_change(void **state)
{
	struct image_guard g[2];
	const char *a = device("mkfs.ext4 -q", 20), *b = device("mkfs.ext4 -q", 20);

	(void)state;
	g[0] = take(a);
	g[1] = take(b);
	strcpy(g[0].name, b);
	strcpy(g[1].name, a);
	assert_int_equal(guards_check(g, 2, 0), 0);
	strcpy(g[1].name, "/dev/khib-none");
	assert_int_equal(guards_check(g, 2, 0), 0);
	flip(b, 1024 + 0x34);
	assert_int_equal(guards_check(g, 2, 0), -1);
	assert_last_failure("guard: ext4 of /dev/khib-none (UUID ");
	unlink(b);
	assert_int_equal(guards_check(g, 2, 0), -1);
	assert_last_failure("is not there");
	/* A removable one may be gone, but not another one, and what is there must be as it was. */
	g[1].flags = GUARD_REMOVABLE;
	assert_int_equal(guards_check(g, 2, 0), 0);
	assert_non_null(strstr(log_text(), "is removable and not there: going on without it"));
	g[0].flags = GUARD_REMOVABLE;
	flip(a, 1024 + 0x34);
	assert_int_equal(guards_check(g, 2, 0), -1);
	assert_last_failure("was written since");
	g[0] = take(a);
	/* Another size is another device. */
	g[0].size++;
	assert_int_equal(guards_check(g, 1, 0), -1);
	assert_last_failure("is not there");
}

static void test_other_names_change(void **state)
{
	const char *a = device("true", 2), *b = device("true", 2);
	struct image_guard g[2];

	(void)state;
	flip(a, 0);
	g[0] = take(a);
	g[1] = take(b);
	strcpy(g[0].name, b);
	strcpy(g[1].name, a);
	assert_int_equal(guards_check(g, 2, 0), 0);
	flip(b, 5000);
	assert_fails(guards_check(g, 2, 0),
		     "guard: contents of %s was written since: fingerprint is "
		     "%016llx, the image has %016llx",
		     a, (unsigned long long)take(b).digest, (unsigned long long)g[1].digest);
	/* Members of an array have the same first block. */
	poke(a, 4096, "\xfc\x4e\x2b\xa9", 4);
	assert_int_equal(take(a).uuid[0], 0);
	flip(a, 4096 + 168);
	assert_int_equal(take(a).uuid[0], 1);
	assert_int_equal(guards_check(g, 1, 0), -1);
	assert_last_failure("is not there");
	assert_int_equal(guards_check(g, 0, 0), 0);
}

/* What A told of its devices is found, though their names are exchanged here. */
static void test_take(void **state)
{
	const char *a = device("mkfs.ext4 -q", 20), *b = device("mkfs.ext4 -q", 20);
	struct image_guard of_a = take(a), of_b = take(b), g = of_a;

	(void)state;
	g.digest = 0;
	assert_int_equal(guard_take(&g, 0), 0);
	assert_memory_equal(&g, &of_a, sizeof g);
	g = of_b;
	g.digest = 0;
	strcpy(g.name, a);
	assert_int_equal(guard_take(&g, 0), 0);
	assert_int_equal(g.digest, of_b.digest);
	assert_string_equal(g.name, a);
	/* Of two that fit, the one of the name. */
	copy(a);
	flip(paths[2], 1024 + 0x34);
	g = of_a;
	strcpy(g.name, paths[2]);
	assert_int_equal(guard_take(&g, 0), 0);
	assert_int_equal(g.digest, take(paths[2]).digest);
}

/* As long as it was told to, and no longer; a directory is no device. */
static void test_waits(void **state)
{
	struct image_guard g = { .name = "/dev/khib-none", .type = GUARD_SWAP, .size = 1 };
	uint64_t start = now_ms();

	(void)state;
	assert_int_equal(guards_check(&g, 1, 300), -1);
	assert_fails(guard_take(&g, 300),
		     "guard: swap of /dev/khib-none (UUID 00000000-0000-0000-0000-"
		     "000000000000): the sleeping kernel uses it, and it is not here after 0 s");
	assert_in_range(now_ms() - start, 600, 60000);
	strcpy(g.name, dir);
	assert_int_equal(guards_check(&g, 1, 0), -1);
	assert_last_failure("is not there");
}

int guard_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ext, begin, end),
		cmocka_unit_test_setup_teardown(test_xfs, begin, end),
		cmocka_unit_test_setup_teardown(test_btrfs_vfat_swap, begin, end),
		cmocka_unit_test_setup_teardown(test_other, begin, end),
		cmocka_unit_test_setup_teardown(test_written, begin, end),
		cmocka_unit_test_setup_teardown(test_names_change, begin, end),
		cmocka_unit_test_setup_teardown(test_other_names_change, begin, end),
		cmocka_unit_test_setup_teardown(test_take, begin, end),
		cmocka_unit_test_setup_teardown(test_waits, begin, end),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
