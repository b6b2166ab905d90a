// SPDX-License-Identifier: GPL-2.0-only
/* part.c - a disk or partition that holds nothing but images; or a file, by its path */
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/head.h"
#include "device.h"
#include "target.h"

static int parse(const char *text, struct target_spec *spec, char *why)
{
	return device_parse("part", text, spec, why);
}

int target_open(const char *path, bool writable, struct target *t)
{
	struct file file;

	if (file_open(path, writable, &file) < 0)
		return -1;
	*t = (struct target){ .kind = &target_part, .size = file.size, .fd = file.fd };
	memcpy(t->name, file.name, sizeof t->name);
	return 0;
}

/* Does the device have the id in its head? */
static bool carries(int fd, const struct target_spec *spec)
{
	static uint8_t block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

	return pread(fd, block, sizeof block, 0) == (ssize_t)sizeof block &&
	       head_has_magic(block) &&
	       !memcmp(((struct image_head *)block)->target_id, spec->id, sizeof spec->id);
}

static int part_open(const struct target_spec *spec, bool writable, struct target *t, char *why)
{
	char path[TARGET_NAME];

	return device_find(spec, carries, path, why) < 0 ? TARGET_AWAY :
	       target_open(path, writable, t);
}

static void part_close(struct target *t)
{
	close(t->fd);
}

/* One buffer needs no offset of the descriptor, which processes share. */
static int part_readv(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return n == 1 ? read_full(t->fd, t->name, iov->iov_base, iov->iov_len, off) :
			readv_full(t->fd, t->name, iov, n, off);
}

static int part_writev(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return n == 1 ? write_full(t->fd, t->name, iov->iov_base, iov->iov_len, off) :
			writev_full(t->fd, t->name, iov, n, off);
}

static int part_flush(const struct target *t)
{
	return fsync(t->fd) < 0 ? fail("flush %s:", t->name) : 0;
}

const struct target_kind target_part = {
	.name = "part",
	.parse = parse, .open = part_open, .close = part_close,
	.readv = part_readv, .writev = part_writev, .flush = part_flush,
};
