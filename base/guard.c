// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - take fingerprints of devices, and look for those that an image has */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../image/fsprobe.h"
#include "../image/page.h"
#include "console.h"
#include "file.h"
#include "guard.h"
#include "io.h"
#include "log.h"
#include "machine.h"

#define PART_BYTES (256u << 10)		/* read at once */
#define POLL_MS 200u

/* Direct I/O wants whole blocks in an aligned buffer; it holds no more than one part. */
static uint8_t part[PART_BYTES + IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

/* Bytes [offset, offset + len), at most PART_BYTES; zeroes behind the device's end. */
static const uint8_t *read_part(const struct file *f, uint64_t offset, size_t len)
{
	uint64_t start = offset / IMAGE_BLOCK * IMAGE_BLOCK;
	size_t lead = offset - start, bytes = lead + len;

	bytes = (bytes + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
	memset(part, 0, bytes);
	if (start >= f->size)
		return part + lead;
	if (bytes > f->size - start)
		bytes = f->size - start;
	return read_full(f->fd, f->name, part, bytes, start) < 0 ? NULL : part + lead;
}

/* The first sector of another cycle than the first one's. */
static int find_log_head(const struct file *f, struct fsprobe *p)
{
	uint64_t low = p->log_start / FSPROBE_SECTOR, high = p->log_end / FSPROBE_SECTOR;
	const uint8_t *sector = read_part(f, p->log_start, FSPROBE_SECTOR);
	uint32_t cycle;

	if (!sector)
		return -1;
	cycle = fsprobe_log_cycle(sector);
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		sector = read_part(f, middle * FSPROBE_SECTOR, FSPROBE_SECTOR);
		if (!sector)
			return -1;
		if (fsprobe_log_cycle(sector) == cycle)
			low = middle;
		else
			high = middle;
	}
	fsprobe_log_head(p, high * FSPROBE_SECTOR);
	return 0;
}

/* A chain: each link has the digest so far, where a part stands and its own digest. */
static int digest(const struct file *f, const struct fsprobe *p, uint64_t *result)
{
	struct { uint64_t before, offset, sum; } chain = { 0 };

	for (int i = 0; i < p->nranges; i++)
		for (uint64_t at = p->ranges[i].start; at < p->ranges[i].end; at += PART_BYTES) {
			uint64_t left = p->ranges[i].end - at;
			size_t len = left < PART_BYTES ? left : PART_BYTES;
			const uint8_t *data = read_part(f, at, len);

			if (!data)
				return -1;
			chain.offset = at;
			chain.sum = sum64(data, len);
			chain.before = sum64(&chain, sizeof chain);
		}
	*result = chain.before;
	return 0;
}

/* All of a guard but the digest, and that too if whole. */
static int look(const struct file *f, struct image_guard *g, bool whole)
{
	const uint8_t *start = read_part(f, 0, FSPROBE_START);
	struct fsprobe p;

	if (!start)
		return -1;
	fsprobe(start, f->size, &p);
	*g = (struct image_guard){ .type = p.type, .size = f->size };
	snprintf(g->name, sizeof g->name, "%.63s", f->name);
	memcpy(g->uuid, p.uuid, sizeof g->uuid);
	if (!whole)
		return 0;
	if (p.log_end && find_log_head(f, &p) < 0)
		return -1;
	return digest(f, &p, &g->digest);
}

int guard_read(const char *path, struct image_guard *g, bool whole)
{
	struct file f;
	int ret;

	if (file_open(path, false, &f) < 0)
		return -1;
	ret = f.size ? look(&f, g, whole) : fail("guard: %s has 0 bytes", path);
	file_close(&f);
	return ret;
}

enum found { NOT_THERE, WRITTEN, SAME };

struct search {
	const struct image_guard *g;
	bool decided;			/* the first one that fits will do */
	enum found found;
	struct image_guard here;	/* what was found */
};

/* Is this the device?  An unreadable device does not match: a card reader may be empty. */
static bool compare(const char *path, struct search *s)
{
	const struct image_guard *g = s->g;
	struct image_guard here;
	struct file f;
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	if (file_open(path, false, &f) < 0)
		return false;
	/* The size is known before anything is read. */
	ret = f.size == g->size ? look(&f, &here, true) : -1;
	file_close(&f);
	if (ret < 0 || here.type != g->type || memcmp(here.uuid, g->uuid, sizeof g->uuid))
		return false;
	s->found = here.digest == g->digest ? SAME : WRITTEN;
	s->here = here;
	return true;
}

/*
 * Another device than the one of that name.  One that was written decides, even
 * if there is also one that was not: that may be a copy.
 */
static bool try_other(const char *path, void *arg)
{
	struct search *s = arg;

	return strcmp(path, s->g->name) && compare(path, s) &&
	       (s->found == WRITTEN || s->decided);
}

static void wait_for(struct search *s, uint64_t deadline)
{
	while (!compare(s->g->name, s)) {
		devices_look(try_other, s);
		if (s->found != NOT_THERE || now_ms() >= deadline || abandoned())
			return;
		usleep(POLL_MS * 1000);
	}
}

#define WHAT_SIZE 160

/* The guard, for a message. */
static void describe(const struct image_guard *g, char what[WHAT_SIZE])
{
	char uuid[GUARD_UUID_TEXT];

	guard_uuid_text(g, uuid);
	snprintf(what, WHAT_SIZE, "%s of %s%s%s%s", guard_type_name(g->type), g->name,
		 *uuid ? " (UUID " : "", uuid, *uuid ? ")" : "");
}

int guard_take(struct image_guard *g, unsigned int wait_ms)
{
	struct search s = { .g = g, .decided = true };
	char what[WHAT_SIZE];

	wait_for(&s, now_ms() + wait_ms);
	if (s.found != NOT_THERE) {
		g->digest = s.here.digest;
		return 0;
	}
	if (abandoned())
		return -1;
	describe(g, what);
	return fail("guard: %s: the sleeping kernel uses it, and it is not here after %u s", what,
		    wait_ms / 1000);
}

/* 1 if the device is as it was, 0 if it may be gone and is.  -1: said. */
static int guard_check(const struct image_guard *g, uint64_t deadline)
{
	struct search s = { .g = g };
	char what[WHAT_SIZE];

	wait_for(&s, deadline);
	describe(g, what);
	if (s.found == NOT_THERE && g->flags & GUARD_REMOVABLE) {
		/* As if it was pulled out of a running machine, which its kernel can cope with. */
		info("guard: %s is removable and not there: going on without it", what);
		return 0;
	}
	if (s.found == NOT_THERE)
		return fail("guard: %s is not there", what);
	if (s.found == WRITTEN)
		return fail("guard: %s was written since: fingerprint is %016llx, the image has "
			    "%016llx", what, (ull)s.here.digest, (ull)g->digest);
	if (strcmp(s.here.name, g->name))
		info("guard: %s is %s here", what, s.here.name);
	return 1;
}

int guards_check(const struct image_guard *guards, uint32_t n, unsigned int wait_ms)
{
	uint64_t deadline = now_ms() + wait_ms;
	int same = 0;

	for (uint32_t i = 0; i < n; i++) {
		int ret = guard_check(&guards[i], deadline);

		if (ret < 0)
			return -1;
		same += ret;
	}
	if (n)
		info("guards: %d of %u devices are as the sleeping kernel left them", same, n);
	return 0;
}
