// SPDX-License-Identifier: GPL-2.0-only
/* sys.c - read /proc and /sys */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../base/log.h"
#include "../image/text.h"
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

char *sys_read_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t len = 0, room = 4096;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	text = needed(malloc(room));
	while (!err && (n = read(fd, text + len, room - len - 1)) != 0) {
		if (n < 0) {
			err = errno == EINTR ? 0 : errno;
			continue;
		}
		len += n;
		if (len > MOST_BYTES)
			err = EFBIG;
		if (room - len < 4096)
			text = needed(realloc(text, room *= 2));
	}
	close(fd);
	text[len] = 0;
	if (!err && strlen(text) == len)
		return text;
	free(text);
	errno = err ? err : EILSEQ;	/* what follows a NUL would be overlooked */
	return NULL;
}

char *sys_read(const char *path)
{
	return sys_read_at(AT_FDCWD, path);
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
	static char lines[4][SYS_PATH];
	static int next;
	char *line = lines[next++ % 4], *text = sys_read(path);

	snprintf(line, sizeof lines[0], "%.*s", text ? (int)strcspn(text, "\n") : 0,
		 text ? text : "");
	free(text);
	return line;
}

bool sys_has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') && (p[len] == '\n' || !p[len]))
			return true;
	return false;
}

const char *sys_real(const char *path)
{
	char *found = realpath(path, NULL);

	return found ? found + strlen(sys_root) : NULL;
}

int sys_each(const char *dir, int (*look)(const char *path, void *arg), void *arg)
{
	DIR *d = opendir(sys_path("%s", dir));
	struct dirent *e;
	int ret = 0;

	if (!d)
		return errno == ENOENT || errno == ESRCH ? 0 : fail("open %s:", dir);
	while (!ret && (e = readdir(d))) {
		char path[2 * SYS_PATH];

		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		ret = look(path, arg);
	}
	closedir(d);
	return ret;
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
	static char shown[4][64];
	static int next;
	char *to = shown[next++ % 4];
	size_t i;

	for (i = 0; text[i] && i < 60; i++)
		to[i] = text_char(text[i]);
	to[i] = 0;
	return to;
}
