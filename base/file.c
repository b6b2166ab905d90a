// SPDX-License-Identifier: GPL-2.0-only
/* file.c - open a block device or file */
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "log.h"

int file_open(const char *path, bool writable, struct file *file)
{
	struct stat st;
	int flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;

	file->fd = -1;
	if (strlen(path) >= sizeof file->name)
		return fail("open %.60s...: a name of %zu bytes, at most %zu",
			    path, strlen(path), sizeof file->name - 1);
	snprintf(file->name, sizeof file->name, "%s", path);
	if (stat(path, &st) < 0)
		return fail("open %s:", path);
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return fail("open %s: neither a block device nor a file", path);
	if (S_ISBLK(st.st_mode))
		flags |= O_DIRECT;	/* what another kernel wrote must not come from a cache */
	file->fd = open(path, flags);
	if (file->fd < 0)
		return fail("open %s:", path);
	file->size = st.st_size;
	if (S_ISBLK(st.st_mode) && ioctl(file->fd, BLKGETSIZE64, &file->size) < 0) {
		fail("size of %s:", path);
		file_close(file);
		return -1;
	}
	return 0;
}

void file_close(struct file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
