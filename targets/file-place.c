// SPDX-License-Identifier: GPL-2.0-only
/* file-place.c - ask the file system where a swap file lies */
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/slots.h"
#include "file-place.h"

/* A place that the file system has given. */
struct place {
	dev_t device;
	uint64_t offset;
};

/*
 * The first block.  Of files that share or move their blocks the file system tells 0 (xfs), or
 * nothing; the kernel swaps to none of them.
 */
static int by_block(int fd, const struct stat *st, struct place *place)
{
	int block = 0, bytes = 0;

	if (ioctl(fd, FIGETBSZ, &bytes) < 0 || ioctl(fd, FIBMAP, &block) < 0)
		return -1;
	place->device = st->st_dev;
	place->offset = (uint64_t)(unsigned int)block * (unsigned int)bytes;
	return 0;
}

/* btrfs: an extent's place is a byte of its address space, which chunks map to devices. */
static int btrfs_address(int fd, uint64_t *address)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} ask = { .map = { .fm_length = IMAGE_BLOCK, .fm_extent_count = 1 } };
	struct fiemap_extent *extent = ask.map.fm_extents;

	if (ioctl(fd, FS_IOC_FIEMAP, &ask) < 0)
		return -1;
	*address = extent->fe_physical;
	errno = EOPNOTSUPP;
	return ask.map.fm_mapped_extents && !extent->fe_logical &&
	       !(extent->fe_flags & (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |
				     FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_INLINE |
				     FIEMAP_EXTENT_NOT_ALIGNED)) ? 0 : -1;
}

/* The device with this number in the file system. */
static int btrfs_device(int fd, uint64_t id, dev_t *device)
{
	static struct btrfs_ioctl_dev_info_args info;	/* 4 KiB */
	struct stat st;

	info = (struct btrfs_ioctl_dev_info_args){ .devid = id };
	if (ioctl(fd, BTRFS_IOC_DEV_INFO, &info) < 0 || stat((char *)info.path, &st) < 0)
		return -1;
	*device = st.st_rdev;
	return 0;
}

/*
 * Search the chunk tree (linux/btrfs_tree.h) from chunk to chunk for the one with this address.
 * The kernel swaps to a file only if its chunks lie on one device, once: else EOPNOTSUPP.
 */
static int by_chunk(int fd, uint64_t address, struct place *place)
{
	static struct btrfs_ioctl_search_args search;	/* 4 KiB */
	struct btrfs_ioctl_search_header item;
	struct btrfs_chunk chunk;
	uint64_t start = 0;

	for (;;) {
		search.key = (struct btrfs_ioctl_search_key){
			.tree_id = BTRFS_CHUNK_TREE_OBJECTID, .nr_items = 1,
			.min_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID,
			.max_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID,
			.min_type = BTRFS_CHUNK_ITEM_KEY, .max_type = BTRFS_CHUNK_ITEM_KEY,
			.min_offset = start, .max_offset = address, .max_transid = UINT64_MAX,
		};
		if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, &search) < 0)
			return -1;
		errno = EOPNOTSUPP;
		if (!search.key.nr_items)
			return -1;
		memcpy(&item, search.buf, sizeof item);
		if (item.len < sizeof chunk || item.len > sizeof search.buf - sizeof item)
			return -1;
		memcpy(&chunk, search.buf + sizeof item, sizeof chunk);
		if (address - item.offset < chunk.length)
			break;
		start = item.offset + 1;
	}
	if (chunk.num_stripes != 1)
		return -1;
	place->offset = chunk.stripe.offset + (address - item.offset);
	return btrfs_device(fd, chunk.stripe.devid, &place->device);
}

/* "../../devices/.../vda2", the link of a block device in /sys/dev, has its kernel's name. */
static int device_path(dev_t number, char path[TARGET_NAME])
{
	char link[64], to[256];
	ssize_t n;

	snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(number), minor(number));
	n = readlink(link, to, sizeof to - 1);
	if (n < 0)
		return fail("%s:", link);
	to[n] = 0;
	snprintf(path, TARGET_NAME, "/dev/%.100s", strrchr(to, '/') ? strrchr(to, '/') + 1 : to);
	return 0;
}

static int find(int fd, const char *path, struct place *place, uint8_t uuid[16])
{
	static uint8_t page[IMAGE_BLOCK];
	struct statfs fs;
	struct stat st;
	uint64_t address;

	if (read_full(fd, path, page, sizeof page, 0) < 0)
		return -1;
	if (swap_area(page) == AREA_NONE)
		return fail("%s: is no swap file", path);
	memcpy(uuid, page + SWAP_UUID, 16);
	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return fail("%s:", path);
	if ((unsigned int)fs.f_type == BTRFS_SUPER_MAGIC ?
	    btrfs_address(fd, &address) < 0 || by_chunk(fd, address, place) < 0 :
	    by_block(fd, &st, place) < 0)
		return fail("%s: its place on a device:", path);
	if (!S_ISREG(st.st_mode) || !major(place->device) || !place->offset ||
	    place->offset % IMAGE_BLOCK)
		return fail("%s: begins at byte %llu of device %u:%u, which no swap file does",
			    path, (ull)place->offset, major(place->device), minor(place->device));
	return 0;
}

int file_place(const char *path, char device[TARGET_NAME], uint64_t *offset, uint8_t uuid[16])
{
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC);
	struct place place = { 0 };

	if (fd < 0)
		return fail("open %s:", path);
	ret = find(fd, path, &place, uuid);
	close(fd);
	*offset = place.offset;
	return ret < 0 ? -1 : device_path(place.device, device);
}
