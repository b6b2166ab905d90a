// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev.c - a file on a file system that kernel A has not mounted: a USB stick
 *
 * "dev:DEVICE:/PATH".  Whoever opens it mounts the file system, whoever closes it unmounts it.
 * B writes a new file, NAME.new, and gives it its name when the image in it is armed.  The
 * target's id is that of the file system.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/fsprobe.h"
#include "../image/head.h"
#include "device.h"
#include "target.h"

#define MOUNT_POINT	"/run/khib/mnt"
#define NO_SYMLINKS	256		/* MS_NOSYMFOLLOW: nothing there leads elsewhere */
#define VFAT_MOST	0xfffff000u	/* bytes of a file, whole blocks */
#define NEW		".new"

/* Of the one that is mounted. */
static char path_now[sizeof MOUNT_POINT + TARGET_NAME], path_new[sizeof path_now + sizeof NEW];
static bool making;		/* the file has not got its name yet */

static int parse(const char *text, struct target_spec *spec, char *why)
{
	const char *file = strstr(text, ":/");
	char device[TARGET_NAME];
	size_t len = strlen(text);

	if (!file || len >= TARGET_NAME || text[strspn(text, DEVICE_CHARS)] || !file[2] ||
	    strstr(file, "/.") || strstr(file, "//") || text[len - 1] == '/')
		return refuse(why, "target dev:%.60s: not DEVICE:/PATH, of letters, digits and "
			      "/_.:=+- and at most %u bytes, none beginning with a dot", text,
			      TARGET_NAME - 1);
	snprintf(device, sizeof device, "%.*s", (int)(file - text), text);
	strcpy(spec->file, file + 1);
	return device_parse("dev", device, spec, why);
}

static void probe(int fd, struct fsprobe *p)
{
	static uint8_t start[FSPROBE_START] __attribute__((aligned(IMAGE_BLOCK)));

	*p = (struct fsprobe){ .type = GUARD_OTHER };
	if (pread(fd, start, sizeof start, 0) == (ssize_t)sizeof start)
		fsprobe(start, INT64_MAX, p);
}

static bool carries(int fd, const struct target_spec *spec)
{
	struct fsprobe p;

	probe(fd, &p);
	/* What was not recognised has an id of zeroes, and so may have a vfat. */
	return (p.type == GUARD_VFAT || p.type == GUARD_EXT) &&
	       !memcmp(p.uuid, spec->id, sizeof spec->id);
}

static int mount_it(const char *device, bool writable, uint32_t type)
{
	unsigned long flags = MS_NODEV | MS_NOEXEC | MS_NOSUID | NO_SYMLINKS |
			      (writable ? 0 : MS_RDONLY);

	mkdir("/run", 0755);
	mkdir("/run/khib", 0755);
	mkdir(MOUNT_POINT, 0700);
	/* Left by a command that was killed. */
	while (umount2(MOUNT_POINT, MNT_DETACH) == 0)
		;
	/* A superblock may ask for a panic on errors: with B's kernel the sleeping A would go. */
	if (mount(device, MOUNT_POINT, type == GUARD_VFAT ? "vfat" : "ext4", flags,
		  "errors=remount-ro") < 0)
		return fail("mount %s:", device);
	return 0;
}

static void dev_close(struct target *t)
{
	if (t->fd >= 0)
		close(t->fd);
	if (making)
		unlink(path_new);	/* nothing in it is wanted */
	if (umount(MOUNT_POINT) < 0)
		fail("unmount %s:", t->name);
}

/* Delete an image that is not wanted any more, for there may be no room for two. */
static int delete_old(const struct target_spec *spec, const struct target *t)
{
	struct image_head head = { .magic = 0 };
	char why[WHY_SIZE];
	int fd = open(path_now, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : fail("open %s of %s:", spec->file, t->name);
	n = read(fd, &head, sizeof head);
	close(fd);
	if (n < 0)
		return fail("read %s of %s:", spec->file, t->name);
	if (head_replaceable(&head, why) < 0)
		return fail("%s of %s: %s", spec->file, t->name, why);
	return unlink(path_now) < 0 ? fail("delete %s of %s:", spec->file, t->name) : 0;
}

/* A file of B's that is to become the image. */
static int make_new(const struct target_spec *spec, struct target *t, uint32_t type)
{
	struct image_head head;
	struct statfs fs;

	if (delete_old(spec, t) < 0)
		return -1;
	if (unlink(path_new) < 0 && errno != ENOENT)
		return fail("delete %s" NEW " of %s:", spec->file, t->name);
	/* The window has no room for a cache.  vfat, when a file grows, uses one nevertheless. */
	t->fd = open(path_new, O_RDWR | O_CREAT | O_EXCL | O_DIRECT | O_CLOEXEC, 0600);
	if (t->fd < 0)
		return fail("make %s" NEW " on %s:", spec->file, t->name);
	making = true;
	if (fstatfs(t->fd, &fs) < 0)
		return fail("free blocks of %s:", t->name);
	t->size = (uint64_t)fs.f_bavail * fs.f_bsize / IMAGE_BLOCK * IMAGE_BLOCK;
	if (type == GUARD_VFAT && t->size > VFAT_MOST)
		t->size = VFAT_MOST;
	state_format(&head, spec->id);
	return target_write_head(t, &head);
}

/*
 * The image, or what was to become one: it has not got its name, so it was not armed.  With
 * neither, size is what an image might have.
 */
static int open_old(const struct target_spec *spec, bool writable, struct target *t, uint32_t type)
{
	int flags = (writable ? O_RDWR : O_RDONLY) | O_DIRECT | O_CLOEXEC;
	struct statfs fs;
	struct stat st;

	t->fd = open(path_now, flags);
	if (t->fd < 0 && errno == ENOENT) {
		t->disarmed = true;
		t->fd = open(path_new, flags);
	}
	if (t->fd < 0 && errno != ENOENT)
		return fail("open %s of %s:", spec->file, t->name);
	if (t->fd >= 0 && (fstat(t->fd, &st) < 0 || !S_ISREG(st.st_mode)))
		return fail("%s of %s: is no file", spec->file, t->name);
	if (statfs(MOUNT_POINT, &fs) < 0)
		return fail("free blocks of %s:", t->name);
	t->size = t->fd >= 0 ? st.st_size : 0;
	t->room = (uint64_t)fs.f_bavail * fs.f_bsize + t->size;
	if (type == GUARD_VFAT && t->room > VFAT_MOST)
		t->room = VFAT_MOST;
	return 0;
}

static int dev_open(const struct target_spec *spec, bool writable, struct target *t, char *why)
{
	char path[TARGET_NAME];
	struct fsprobe p;
	int fd, ret;

	if (device_find(spec, carries, path, why) < 0)
		return TARGET_AWAY;
	fd = open(path, O_RDONLY | O_DIRECT | O_EXCL | O_CLOEXEC);
	if (fd < 0)
		return errno == EBUSY ? fail("%s: is in use, see /proc/mounts", path) :
					fail("open %s:", path);
	probe(fd, &p);
	close(fd);
	if (p.type != GUARD_VFAT && p.type != GUARD_EXT)
		return fail("%s: holds neither ext4 nor vfat: %s", path, guard_type_name(p.type));
	if (mount_it(path, writable, p.type) < 0)
		return -1;
	making = false;
	*t = (struct target){ .kind = &target_dev, .fd = -1 };
	strcpy(t->name, path);
	strcpy(t->file, spec->file);
	memcpy(t->uuid, p.uuid, sizeof t->uuid);
	snprintf(path_now, sizeof path_now, MOUNT_POINT "%s", spec->file);
	snprintf(path_new, sizeof path_new, "%s" NEW, path_now);
	ret = spec->made && writable ? make_new(spec, t, p.type) :
				       open_old(spec, writable, t, p.type);
	if (ret < 0)
		target_close(t);
	return ret;
}

static int dev_readv(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return readv_full(t->fd, t->name, iov, n, off);
}

static int dev_writev(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return writev_full(t->fd, t->name, iov, n, off);
}

static int dev_flush(const struct target *t)
{
	return fsync(t->fd) < 0 ? fail("flush %s:", t->name) : 0;
}

/* The name, and its directory on the disk. */
static int dev_announce(const struct target *t, bool live)
{
	char *end = strrchr(path_now, '/'), parent[sizeof path_now];
	int fd, ret;

	if (!live || !making)
		return 0;
	snprintf(parent, sizeof parent, "%.*s", (int)(end - path_now), path_now);
	if (rename(path_new, path_now) < 0)
		return fail("rename %s" NEW " of %s:", t->file, t->name);
	making = false;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail("open the directory of %s on %s:", t->file, t->name);
	ret = fsync(fd) < 0 ? fail("flush the directory of %s on %s:", t->file, t->name) : 0;
	close(fd);
	return ret;
}

const struct target_kind target_dev = {
	.name = "dev", .renewed = true,
	.parse = parse, .open = dev_open, .close = dev_close,
	.readv = dev_readv, .writev = dev_writev, .flush = dev_flush,
	.announce = dev_announce,
};
