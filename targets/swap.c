// SPDX-License-Identifier: GPL-2.0-only
/*
 * swap.c - slots of a swap area, which kernel A has allocated
 *
 * The area is a partition, or a file, which begins at some byte of a device: "/dev/NAME@BYTE";
 * kernel A, which has its file system mounted, may name it by its path.  It stays one that can
 * be swapped to: an image is armed only if the area's signature says so as well, and whoever
 * swaps to the area changes that.
 *
 * file: is a swap file that A swaps to only while it hibernates; to all others it is the same.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/head.h"
#include "../image/ram.h"
#include "../image/slots.h"
#include "device.h"
#include "file-place.h"
#include "target.h"

static uint8_t page[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

static bool is_file(const char *text)
{
	return *text == '/' && strncmp(text, "/dev/", 5);
}

static int parse(const char *kind, const char *text, struct target_spec *spec, char *why)
{
	const char *at = strchr(text, '@');
	char path[TARGET_NAME], *end = NULL;
	size_t len = strlen(text);

	if (is_file(text)) {
		if (len >= sizeof spec->path || text[strspn(text, DEVICE_CHARS)])
			return refuse(why, "target %s:%.60s: a path of at most %zu characters, "
				      "letters, digits and /_.:=+-", kind, text,
				      sizeof spec->path - 1);
		memcpy(spec->path, text, len + 1);
		spec->in_file = true;
		return 0;
	}
	if (!at)
		return device_parse(kind, text, spec, why);
	if (at[1] >= '0' && at[1] <= '9')
		spec->offset = strtoull(at + 1, &end, 10);
	if (!end || *end || spec->offset % IMAGE_BLOCK || spec->offset > INT64_MAX ||
	    at - text >= (ptrdiff_t)sizeof path)
		return refuse(why, "target %s:%.60s: behind @ stands no byte of the device", kind,
			      text);
	snprintf(path, sizeof path, "%.*s", (int)(at - text), text);
	return device_parse(kind, path, spec, why);
}

static int swap_parse(const char *text, struct target_spec *spec, char *why)
{
	return parse("swap", text, spec, why);
}

static int file_parse(const char *text, struct target_spec *spec, char *why)
{
	if (!is_file(text) && !strchr(text, '@'))
		return refuse(why, "target file:%.60s: neither the path of a file nor "
			      "/dev/NAME@BYTE", text);
	return parse("file", text, spec, why);
}

/* An area is known by its UUID for life, and by the id of the slots in it. */
static bool carries(int fd, const struct target_spec *spec)
{
	struct slots_place place;

	return pread(fd, page, sizeof page, spec->offset) == (ssize_t)sizeof page &&
	       swap_area(page) != AREA_NONE &&
	       (!memcmp(page + SWAP_UUID, spec->id, sizeof spec->id) ||
		(slots_place_read(page, &place) &&
		 !memcmp(place.id, spec->id, sizeof spec->id)));
}

/* Read the pieces of the table that begins at this byte; each block leads to the next. */
static int read_table(struct target *t, const struct slots_place *place, uint64_t size, char *why)
{
	static struct slots_table block __attribute__((aligned(IMAGE_BLOCK)));
	uint64_t at = place->table;

	t->pieces = alloc_pages(SLOTS_PIECES * sizeof *t->pieces);
	if (!t->pieces)
		return refuse(why, "table of slots: no memory for its pieces");
	do {
		if (!at || at % IMAGE_BLOCK || at > size - IMAGE_BLOCK)
			return refuse(why, "table of slots at %llu, the device has %llu bytes",
				      (ull)at, (ull)size);
		if (read_why(t->fd, "table of slots", &block, sizeof block, at, why) < 0 ||
		    slots_table_check(&block, place->id, size, why) < 0)
			return -1;
		/* So a table that leads back to itself ends, too. */
		if (block.npieces > SLOTS_PIECES - t->npieces)
			return refuse(why, "table of slots: more than %u pieces", SLOTS_PIECES);
		for (size_t i = 0; i < block.npieces; i++) {
			const struct slots_piece *p = &block.pieces[i];

			if (__builtin_add_overflow(t->size, p->bytes, &t->size))
				return refuse(why,
					      "table of slots: its pieces are too many bytes");
			t->pieces[t->npieces++] = *p;
		}
		at = block.next;
	} while (at);
	return 0;
}

static void swap_close(struct target *t)
{
	free_pages(t->pieces, SLOTS_PIECES * sizeof *t->pieces);
	close(t->fd);
}

/* The area is open: find the slots in it.  An area without any holds no image. */
static int look_inside(struct target *t, const struct target_spec *spec, uint64_t size)
{
	struct slots_place place;
	enum swap_area area;
	char why[WHY_SIZE];

	if (size < IMAGE_BLOCK || spec->offset > size - IMAGE_BLOCK)
		return fail("%s: %llu bytes, a swap area at %llu was expected", t->name, (ull)size,
			    (ull)spec->offset);
	if (read_full(t->fd, t->name, page, sizeof page, spec->offset) < 0)
		return -1;
	area = swap_area(page);
	if (area == AREA_NONE)
		return fail("%s: is no swap area", t->name);
	memcpy(t->uuid, page + SWAP_UUID, sizeof t->uuid);
	/* B gets the id of slots that A has just allocated. */
	t->disarmed = area == AREA_SWAP && !spec->made;
	if (!slots_place_read(page, &place) || read_table(t, &place, size, why) == 0)
		return 0;
	if (!t->disarmed)
		return fail("%s: %s", t->name, why);
	/* The slots were given back, and have been swapped to: nothing in them is ours. */
	t->npieces = 0;
	t->size = 0;
	return 0;
}

static int swap_open(const struct target_spec *spec, bool writable, struct target *t, char *why)
{
	struct target_spec at = *spec;
	char path[TARGET_NAME];
	uint8_t area[sizeof t->uuid];
	struct file file;
	int ret;

	if (spec->in_file) {
		if (file_place(spec->path, path, &at.offset, area) < 0)
			return -1;
	} else if (device_find(spec, carries, path, why) < 0) {
		return TARGET_AWAY;
	}
	if (file_open(path, writable, &file) < 0)
		return -1;
	*t = (struct target){ .kind = spec->kind, .fd = file.fd, .offset = at.offset };
	memcpy(t->name, file.name, sizeof t->name);
	ret = look_inside(t, &at, file.size);
	if (!ret && spec->in_file && memcmp(area, t->uuid, sizeof area))
		ret = fail("%s: does not begin at byte %llu of %s: the UUIDs are %02x%02x... and "
			   "%02x%02x...", spec->path, (ull)at.offset, path, area[0], area[1],
			   t->uuid[0], t->uuid[1]);
	if (ret < 0)
		target_close(t);
	return ret;
}

/* One buffer, or the part of it that lies in each piece. */
static int transfer(const struct target *t, bool out, uint8_t *buf, size_t len, uint64_t off)
{
	for (uint32_t i = 0; i < t->npieces && len; i++) {
		const struct slots_piece *p = &t->pieces[i];
		size_t n;

		if (off >= p->bytes) {
			off -= p->bytes;
			continue;
		}
		n = min64(len, p->bytes - off);
		if ((out ? write_full(t->fd, t->name, buf, n, p->start + off) :
			   read_full(t->fd, t->name, buf, n, p->start + off)) < 0)
			return -1;
		buf += n;
		len -= n;
		off = 0;
	}
	return len ? fail("%s: its slots have %llu bytes, %zu more were wanted", t->name,
			  (ull)t->size, len) : 0;
}

static int swap_readv(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	for (int i = 0; i < n; off += iov[i++].iov_len)
		if (transfer(t, false, iov[i].iov_base, iov[i].iov_len, off) < 0)
			return -1;
	return 0;
}

static int swap_writev(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	for (int i = 0; i < n; off += iov[i++].iov_len)
		if (transfer(t, true, iov[i].iov_base, iov[i].iov_len, off) < 0)
			return -1;
	return 0;
}

static int swap_flush(const struct target *t)
{
	return fsync(t->fd) < 0 ? fail("flush %s:", t->name) : 0;
}

/* The signature follows the head. */
static int swap_announce(const struct target *t, bool live)
{
	enum swap_area area = live ? AREA_ARMED : AREA_SWAP;

	if (read_full(t->fd, t->name, page, sizeof page, t->offset) < 0)
		return -1;
	if (swap_area(page) == AREA_NONE)
		return fail("%s: is no swap area any more", t->name);
	if (swap_area(page) == area)
		return 0;
	swap_area_mark(page, area);
	if (write_full(t->fd, t->name, page, sizeof page, t->offset) < 0)
		return -1;
	return swap_flush(t);
}

const struct target_kind target_swap = {
	.name = "swap", .renewed = true, .slots = true,
	.parse = swap_parse, .open = swap_open, .close = swap_close,
	.readv = swap_readv, .writev = swap_writev, .flush = swap_flush,
	.announce = swap_announce,
};

const struct target_kind target_file = {
	.name = "file", .renewed = true, .slots = true,
	.parse = file_parse, .open = swap_open, .close = swap_close,
	.readv = swap_readv, .writev = swap_writev, .flush = swap_flush,
	.announce = swap_announce,
};
