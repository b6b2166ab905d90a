// SPDX-License-Identifier: GPL-2.0-only
/* target.c - find a target by path or id, read and write its head */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../image/head.h"
#include "../image/state.h"
#include "abandon.h"
#include "io.h"
#include "log.h"
#include "machine.h"
#include "target.h"

int id_draw(uint8_t id[16])
{
	int ret, fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open /dev/urandom:");
	ret = read(fd, id, 16) == 16 ? 0 : fail("read /dev/urandom:");
	close(fd);
	return ret;
}

int target_open(const char *path, bool writable, struct target *target)
{
	struct stat st;
	int flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;

	if (strlen(path) >= sizeof target->name)
		return fail("open %.60s...: a name of %zu bytes, at most %zu",
			    path, strlen(path), sizeof target->name - 1);
	snprintf(target->name, sizeof target->name, "%s", path);
	if (stat(path, &st) < 0)
		return fail("open %s:", path);
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return fail("open %s: neither a block device nor a file", path);
	if (S_ISBLK(st.st_mode))
		flags |= O_DIRECT;	/* what another kernel wrote must not come from a cache */
	target->fd = open(path, flags);
	if (target->fd < 0)
		return fail("open %s:", path);
	target->size = st.st_size;
	if (S_ISBLK(st.st_mode) && ioctl(target->fd, BLKGETSIZE64, &target->size) < 0) {
		fail("size of %s:", path);
		target_close(target);
		return -1;
	}
	return 0;
}

void target_close(struct target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	target->fd = -1;
}

/* Direct I/O wants an aligned buffer; the callers' heads may stand anywhere. */
static uint8_t head_block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

int target_read_head(const struct target *target, struct image_head *head)
{
	if (target->size < IMAGE_BLOCK)
		return fail("read %s: it has %llu bytes, a head %u", target->name,
			    (ull)target->size, IMAGE_BLOCK);
	if (read_full(target->fd, target->name, head_block, sizeof head_block, 0) < 0)
		return -1;
	memcpy(head, head_block, sizeof *head);
	return 0;
}

int target_flush(const struct target *target)
{
	if (fsync(target->fd) < 0)
		return fail("flush %s:", target->name);
	return 0;
}

int target_write_head(const struct target *target, struct image_head *head)
{
	head_seal(head);
	memcpy(head_block, head, sizeof head_block);
	if (write_full(target->fd, target->name, head_block, sizeof head_block, 0) < 0)
		return -1;
	return target_flush(target);
}

struct search {
	const struct target_spec *spec;
	char path[TARGET_NAME];		/* the device that was found */
};

/* Does the device at this path carry the id?  An empty card reader cannot be read: no. */
static bool carries_id(const char *path, void *arg)
{
	struct search *s = arg;
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	bool same = false;

	if (fd < 0)
		return false;
	if (pread(fd, head_block, sizeof head_block, 0) == (ssize_t)sizeof head_block &&
	    head_has_magic(head_block))
		same = !memcmp(((struct image_head *)head_block)->target_id, s->spec->id, 16);
	close(fd);
	if (same)
		snprintf(s->path, sizeof s->path, "%s", path);
	return same;
}

static bool locate(struct search *s)
{
	const char *path = s->spec->path;

	if (s->spec->has_id)
		return (*path && carries_id(path, s)) || devices_look(carries_id, s);
	snprintf(s->path, sizeof s->path, "%s", path);
	return access(path, F_OK) == 0;
}

int target_find(const struct target_spec *spec, bool writable, unsigned int wait_ms,
		struct target *target)
{
	struct search s = { .spec = spec };
	uint64_t start = now_ms();
	char hex[33];

	id_format(spec->id, hex);
	while (!locate(&s)) {
		if (abandoned())
			return -1;
		if (now_ms() - start >= wait_ms) {
			if (spec->has_id)
				return fail("target with id %s%s%s: no block device carries it",
					    hex, *spec->path ? ", once " : "", spec->path);
			return fail("target %s: no such device after %u s",
				    spec->path, wait_ms / 1000);
		}
		usleep(50 * 1000);
	}
	if (spec->has_id && *spec->path && strcmp(s.path, spec->path))
		info("target %s is %s here", spec->path, s.path);
	return target_open(s.path, writable, target);
}

#define BLANK_BYTES (1u << 20)	/* the superblocks of all common file systems lie in it */

/* Is the start of the target all zero?  -1: said. */
static int blank(const struct target *t)
{
	char *p = alloc_pages(BLANK_BYTES);
	size_t len = t->size < BLANK_BYTES ? t->size : BLANK_BYTES;
	int ret = -1;

	if (p && !read_full(t->fd, t->name, p, len, 0))
		ret = !*p && !memcmp(p, p + 1, len - 1);
	free_pages(p, BLANK_BYTES);
	return ret;
}

int target_may_format(const struct target *t, const struct image_head *h)
{
	char why[WHY_SIZE];
	int b;

	if (head_foreign(h) && state_is_live(h->state))
		return fail("%s: holds an image of format version %u, this program knows %u: "
			    "discard it, or use --force", t->name, h->version, IMAGE_VERSION);
	if (head_foreign(h))
		return 0;
	if (head_has_magic(h)) {
		if (head_check(h, why) < 0)
			return fail("%s: %s: --force overwrites it", t->name, why);
		if (head_resumable(h, false, why) == 0)
			return fail("%s: holds an image that is %s: resume it, discard it, or use "
				    "--force", t->name, state_name(h->state));
		return 0;
	}
	b = blank(t);
	if (b == 0)
		return fail("%s: its first MiB is not blank and holds no image: --force "
			    "overwrites it", t->name);
	return b < 0 ? -1 : 0;
}
