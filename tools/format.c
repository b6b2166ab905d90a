// SPDX-License-Identifier: GPL-2.0-only
/* format.c - khimage format: make a target of a partition that holds nothing */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "khimage.h"
#include "open.h"

#define BLANK_BYTES (1u << 20)	/* the superblocks of all common file systems lie in it */

static int draw_id(uint8_t id[16])
{
	int ret, fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open /dev/urandom:");
	ret = read(fd, id, 16) == 16 ? 0 : fail("read /dev/urandom:");
	close(fd);
	return ret;
}

/* Is the start of the target free of what a person may miss?  All zero is.  -1: said. */
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

/* May the target be given a new head?  ret: what read_head() returned. */
static int may_format(const struct target *t, const struct image_head *h, int ret)
{
	char why[WHY_SIZE];

	if (ret == OK && head_foreign(h)) {
		if (state_is_live(h->state))
			return fail("%s: holds an image of format version %u, this program knows %u: "
				    "discard it, or use --force", t->name, h->version, IMAGE_VERSION);
		return 0;
	}
	if (ret == OK && head_check(h, why) < 0)
		return fail("%s: %s: --force overwrites it", t->name, why);
	if (ret == OK && head_resumable(h, false, why) == 0)
		return fail("%s: holds an image that is %s: resume it, discard it, or use --force",
			    t->name, state_name(h->state));
	if (ret == NO_IMAGE) {
		int b = blank(t);

		if (b < 0)
			return -1;
		if (!b)
			return fail("%s: its first MiB is not blank and holds no image: --force overwrites it",
				    t->name);
	}
	return 0;
}

enum format_how { FORMAT, FORMAT_CHECK, FORMAT_FORCE };

static int format(const char *arg, enum format_how how)
{
	struct target t = { .fd = -1 };
	struct image_head h;
	char why[WHY_SIZE];
	uint8_t id[16];
	int ret = open_head(arg, how != FORMAT_CHECK, &t, &h);

	if (ret == FAILED)
		goto out;
	if (how != FORMAT_FORCE && may_format(&t, &h, ret) < 0) {
		ret = FAILED;
		goto out;
	}
	if (how == FORMAT_CHECK) {
		ret = OK;
		goto out;
	}
	/* A target keeps the id by which configuration files may know it. */
	if (ret == OK && (head_foreign(&h) || head_check(&h, why) == 0)) {
		memcpy(id, h.target_id, sizeof id);
	} else if (draw_id(id) < 0) {
		ret = FAILED;
		goto out;
	}
	state_format(&h, id);
	ret = target_write_head(&t, &h) < 0 ? FAILED : OK;
out:
	target_close(&t);
	return ret;
}

int format_command(int argc, char **argv)
{
	enum format_how how = FORMAT;

	if (take_option(&argc, &argv, "--check"))
		how = FORMAT_CHECK;
	else if (take_option(&argc, &argv, "--force"))
		how = FORMAT_FORCE;
	return argc == 1 ? format(*argv, how) : USAGE;
}
