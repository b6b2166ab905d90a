// SPDX-License-Identifier: GPL-2.0-only
/* machine-dir.c - files that stand for /proc, /sys and /dev */
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../hooks/sys.h"
#include "machine-dir.h"

/* What is read of a machine stays until the program ends: no leak.  Only sanitizers have these. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static char root[] = "/tmp/khib-unit-XXXXXX";

int machine_begin(void **state)
{
	(void)state;
	strcpy(root + sizeof root - 7, "XXXXXX");
	sys_root = mkdtemp(root);
	if (__lsan_disable)
		__lsan_disable();
	return !sys_root;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int machine_end(void **state)
{
	(void)state;
	sys_root = "";
	if (__lsan_enable)
		__lsan_enable();
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void put_dir(const char *path)
{
	char *full = sys_format("%s%s", sys_root, path);

	for (char *p = full + strlen(sys_root) + 1; *p; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(full, 0700);
			*p = '/';
		}
	mkdir(full, 0700);
	free(full);
}

static char *place(const char *path)
{
	char *dir = sys_format("%s", path);

	*strrchr(dir, '/') = 0;
	put_dir(dir);
	free(dir);
	return sys_format("%s%s", sys_root, path);
}

void put_file(const char *path, const char *fmt, ...)
{
	char *full = place(path);
	FILE *f = fopen(full, "w");
	va_list ap;

	assert_non_null(f);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
	free(full);
}

void put_link(const char *path, const char *target)
{
	char *full = place(path);

	unlink(full);
	assert_int_equal(symlink(target, full), 0);
	free(full);
}

void put_thread(int pid, int tid, const char *namespace, const char *mountinfo)
{
	char *dir = pid ? sys_format("/proc/%d/task/%d", pid, tid) : sys_format("/proc/self");
	char *link = sys_format("%s/ns/mnt", dir), *info = sys_format("%s/mountinfo", dir);

	put_link(link, namespace);
	put_file(info, "%s", mountinfo);
	free(dir);
	free(link);
	free(info);
}

void put_partition(const char *number, const char *name)
{
	char *dir = sys_format("/sys/devices/%s", name),
	     *link = sys_format("/sys/dev/block/%s", number);
	char *target = sys_format("../../devices/%s", name), *path;

	put_dir(dir);
	put_link(link, target);
	path = sys_format("%s/dev", dir);
	put_file(path, "%s\n", number);
	free(path);
	path = sys_format("%s/partition", dir);
	put_file(path, "1\n");
	free(path);
	path = sys_format("/dev/%s", sys_base(name));
	put_file(path, "%s\n", number);
	free(path);
	free(dir);
	free(link);
	free(target);
}

void put_device(const char *number, const char *name, const char *slaves)
{
	char *copy = sys_format("%s", slaves), *rest = copy, *slave;
	char *partition = sys_format("%s/sys/devices/%s/partition", sys_root, name);
	char *block = sys_format("/sys/block/%s", sys_base(name)),
	     *target = sys_format("../devices/%s", name);

	put_partition(number, name);
	unlink(partition);
	put_link(block, target);
	while ((slave = strsep(&rest, " ")))
		if (*slave) {
			char *path = sys_format("/sys/devices/%s/slaves/%s/dev", name, slave);

			put_file(path, "%s\n", slave);
			free(path);
		}
	free(copy);
	free(partition);
	free(block);
	free(target);
}
