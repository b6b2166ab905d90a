// SPDX-License-Identifier: GPL-2.0-only
/* sys.c - read /proc and /sys, and what they say of block devices */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../base/log.h"
#include "../image/refuse.h"
#include "sys.h"

#define MOST_BYTES (64u << 20)	/* more is no file that is wanted */

const char *sys_root = "";

static void *needed(void *p)
{
	if (!p) {
		fail("out of memory");
		exit(1);
	}
	return p;
}

char *sys_format(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return needed(n < 0 ? NULL : text);
}

void *sys_grow(void *array, size_t n, size_t size)
{
	/* Twice as large at each power of two. */
	return n & (n - 1) ? array : needed(reallocarray(array, n ? 2 * n : 1, size));
}

const char *sys_path(const char *fmt, ...)
{
	static char paths[8][2 * SYS_PATH];
	static int next;
	char *path = paths[next++ % 8];
	int n = snprintf(path, sizeof paths[0], "%s", sys_root);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path + n, sizeof paths[0] - n, fmt, ap);
	va_end(ap);
	return path;
}

char *sys_read_bytes(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t room = 4096;
	char *data;
	ssize_t n;

	if (fd < 0)
		return NULL;
	*len = 0;
	data = needed(malloc(room));
	while (!err && (n = read(fd, data + *len, room - *len - 1)) != 0) {
		if (n < 0) {
			err = errno == EINTR ? 0 : errno;
			continue;
		}
		*len += n;
		if (*len > MOST_BYTES)
			err = EFBIG;
		if (room - *len < 4096)
			data = needed(realloc(data, room *= 2));
	}
	close(fd);
	data[*len] = 0;
	if (!err)
		return needed(realloc(data, *len + 1));	/* it may stay */
	free(data);
	errno = err;
	return NULL;
}

char *sys_read(const char *path)
{
	size_t len;
	char *text = sys_read_bytes(path, &len);

	if (!text || strlen(text) == len)
		return text;
	free(text);
	errno = EILSEQ;		/* what follows a NUL would be overlooked */
	return NULL;
}

int sys_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return n < 0 ? -1 : 0;
}

const char *sys_line(const char *path)
{
	char *text = sys_read(path);

	if (!text)
		return "";
	text[strcspn(text, "\n")] = 0;
	return text;
}

bool sys_has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') && (p[len] == '\n' || !p[len]))
			return true;
	return false;
}

/* What path is behind all links, without sys_root.  NULL if there is nothing. */
static const char *real_path(const char *path)
{
	char *found = realpath(path, NULL);

	return found ? found + strlen(sys_root) : NULL;
}

static int unreadable(const char *path, int err)
{
	errno = err;
	return err == ENOENT || err == ESRCH ? 0 : fail("open %s:", path);
}

char **sys_glob(const char *pattern)
{
	static char *none[1];
	glob_t found;
	int ret = glob(pattern, GLOB_NOSORT | GLOB_NOESCAPE, unreadable, &found);

	if (ret == GLOB_NOMATCH)
		return none;
	if (ret == GLOB_ABORTED)
		return NULL;
	return needed(ret ? NULL : found.gl_pathv);
}

bool sys_number(const char *text, dev_t *number)
{
	unsigned int major, minor;

	if (sscanf(text, "%u:%u", &major, &minor) != 2)
		return false;
	*number = makedev(major, minor);
	return true;
}

bool sys_block(const char *path, dev_t *number)
{
	struct stat st;

	if (*sys_root)	/* a test can make no device node: a file with the number */
		return sys_number(sys_line(sys_path("%s", path)), number);
	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*number = st.st_rdev;
	return true;
}

const char *sys_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *sys_show(const char *text)
{
	char *shown = sys_format("%.60s", text);

	for (char *p = shown; *p; p++)
		*p = text_char(*p);
	return shown;
}

const char *device_dir(dev_t number)
{
	return real_path(sys_path("/sys/dev/block/%u:%u", major(number), minor(number)));
}

static char *parent(const char *dir)
{
	return sys_format("%.*s", (int)(strrchr(dir, '/') - dir), dir);
}

const char *device_disk(const char *dir)
{
	return access(sys_path("%s/partition", dir), F_OK) == 0 ? parent(dir) : dir;
}

/* Is there prefix and a digit in the path? */
static bool passes(const char *dir, const char *prefix)
{
	for (const char *p = dir; (p = strstr(p, prefix)); p++)
		if (isdigit((unsigned char)p[strlen(prefix)]))
			return true;
	return false;
}

const char *net_device_dir(const char *interface)
{
	return real_path(sys_path("/sys/class/net/%s/device", interface));
}

bool device_is_removable(const char *dir)
{
	const char *disk = device_disk(dir);

	return !strcmp(sys_line(sys_path("%s/removable", disk)), "1") || passes(disk, "/usb");
}

int device_any_ata(void)
{
	char **disk = sys_glob(sys_path("/sys/block/*"));

	if (!disk)
		return -1;
	for (; *disk; disk++) {
		const char *dir = real_path(*disk);

		if (dir && passes(dir, "/ata"))
			return 1;
	}
	return 0;
}

/* A driver goes by its module; some have another name, which counts where A has no modules. */
static const char *driver_of(const char *dir)
{
	static const char *const other[][2] = {
		{ "sd", "sd_mod" }, { "usb", "usbcore" }, { "xhci_hcd", "xhci_pci" },
		{ "mmcblk", "mmc_block" },
	};
	const char *real = real_path(sys_path("%s/driver/module", dir));
	char *name;

	if (!real)
		real = real_path(sys_path("%s/driver", dir));
	if (!real)
		return NULL;
	name = sys_format("%s", sys_base(real));
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (!strcmp(name, other[i][0]))
			return other[i][1];
	return name;
}

/* Up one path: the first driver that is missing, or NULL.  any: set where one is there. */
static const char *walk(const char *dir, const char *drivers, bool *any)
{
	char *at = sys_format("%s", dir);

	for (; !strncmp(at, "/sys/devices/", 13); *strrchr(at, '/') = 0) {
		const char *driver = driver_of(at);

		/* A bridge works without. */
		if (!driver || !strcmp(driver, "pcieport") || !strcmp(driver, "shpchp"))
			continue;
		if (!sys_has_line(drivers, driver))
			return driver;
		*any = true;
	}
	return NULL;
}

const char *device_missing_driver(const char *dir, const char *drivers)
{
	const char *disk = device_disk(dir), *missing;
	bool any = false;

	missing = walk(disk, drivers, &any);
	/* With multipath an NVMe disk belongs to a subsystem, whose controllers are links in it. */
	if (!missing && strstr(disk, "/nvme-subsystem/")) {
		char **link = sys_glob(sys_path("%s/nvme[0-9]*", parent(disk)));

		if (!link)
			return "(unknown)";
		for (; *link && !missing; link++) {
			const char *real = real_path(*link);

			if (real && !strstr(real, "/nvme-subsystem/"))
				missing = walk(real, drivers, &any);
		}
	}
	return missing || any ? missing : "(no driver)";
}
