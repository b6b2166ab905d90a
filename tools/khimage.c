// SPDX-License-Identifier: GPL-2.0-only
/* khimage.c - look at the state of a target, format it, set an image aside */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/guard.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/target.h"
#include "../image/fsprobe.h"
#include "../image/head.h"
#include "../image/why.h"
#include "../restorer/restore.h"

#define BLANK_BYTES (1u << 20)	/* the superblocks of all common file systems lie in it */

enum { OK = 0, FAILED = 1, USAGE = 2, NO_IMAGE = 3 };

static const char usage[] =
	"usage: khimage state TARGET            the state of a target, as lines \"key value\"\n"
	"       khimage format [--check|--force] TARGET\n"
	"                                       make a partition a target, or say why not\n"
	"       khimage attempt TARGET          count an attempt to resume its image\n"
	"       khimage discard TARGET REASON   never resume the image that it holds\n"
	"       khimage told TARGET             a boot has told of what the head says\n"
	"       khimage log TARGET              what the helper said while it saved\n"
	"       khimage guard DEVICE            fingerprint of what must not change meanwhile\n"
	"TARGET is part:/dev/NAME, part:ID=... or the path of a device or file.\n"
	"See khimage(8).\n";

/* TARGET is a target as in the configuration, or the path of a device or file. */
static int open_arg(const char *arg, bool writable, struct target *t)
{
	struct target_spec spec;
	char why[WHY_SIZE];

	if (strncmp(arg, "part:", 5))
		return target_open(arg, writable, t);
	if (target_parse(arg, &spec, why) < 0)
		return fail("%s", why);
	return target_find(&spec, writable, 0, t);
}

static int read_head(const char *arg, bool writable, struct target *t, struct image_head *head)
{
	if (open_arg(arg, writable, t) < 0)
		return FAILED;
	if (target_read_head(t, head) < 0)
		return FAILED;
	return head_has_magic(head) ? OK : NO_IMAGE;
}

static void print_head(const struct image_head *h)
{
	char why[WHY_SIZE], id[33], session[33];

	id_format(h->target_id, id);
	id_format(h->session, session);
	printf("state %s\nid %s\nsession %s\ntime %llu\nended %llu\ntold %u\nattempts %u\n",
	       state_name(h->state), id, session, (unsigned long long)h->time,
	       (unsigned long long)h->ended, h->told, h->attempts);
	printf("window-start %#llx\nwindow-end %#llx\nentry %#llx\nmailbox %#llx\npaging-levels %u\nbytes %llu\n",
	       (unsigned long long)h->window_start, (unsigned long long)h->window_end,
	       (unsigned long long)h->entry, (unsigned long long)h->mailbox, h->cpu.paging_levels,
	       (unsigned long long)(h->tail_offset + h->tail_length));
	printf("release %s\nresumable %s\n", h->release,
	       head_resumable(h, false, why) < 0 ? why : "yes");
	if (*h->reason)
		printf("reason %s\n", h->reason);
}

static int state(const char *arg)
{
	struct target t = { .fd = -1 };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = read_head(arg, false, &t, &h);

	if (ret == FAILED)
		goto out;
	printf("device %s\nsize %llu\n", t.name, (unsigned long long)t.size);
	if (ret == NO_IMAGE)
		printf("state none\n");
	else if (head_check(&h, why) < 0)
		printf("state damaged\nreason %s\n", why);
	else
		print_head(&h);
	ret = OK;
out:
	target_close(&t);
	return ret;
}

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

	if (ret == OK && head_check(h, why) < 0)
		return fail("%s: %s: it may hold an image of another version: --force overwrites it",
			    t->name, why);
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
	int ret = read_head(arg, how != FORMAT_CHECK, &t, &h);

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
	if (ret == OK && head_check(&h, why) == 0) {
		memcpy(id, h.target_id, sizeof id);
	} else if (draw_id(id) < 0) {
		ret = FAILED;
		goto out;
	}
	memset(&h, 0, sizeof h);
	h.state = IMAGE_EMPTY;
	memcpy(h.target_id, id, sizeof id);
	ret = target_write_head(&t, &h) < 0 ? FAILED : OK;
out:
	target_close(&t);
	return ret;
}

/* With a reason: set the image aside.  Without: count an attempt. */
static int change(const char *arg, const char *reason)
{
	struct target t = { .fd = -1 };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = read_head(arg, true, &t, &h);

	if (ret == NO_IMAGE)
		fail("%s: holds no image", t.name);
	if (ret)
		goto out;
	ret = FAILED;
	if (head_check(&h, why) < 0 || (!reason && head_resumable(&h, false, why) < 0))
		fail("%s: %s", t.name, why);
	else if (reason && h.state != IMAGE_ARMED && h.state != IMAGE_RESUMING)
		fail("%s: its state is %s, only armed and resuming can be discarded", t.name,
		     state_name(h.state));
	else if (!(reason ? target_mark_failed(&t, &h, reason) : target_count_attempt(&t, &h)))
		ret = OK;
out:
	target_close(&t);
	return ret;
}

static int told(const char *arg)
{
	struct target t = { .fd = -1 };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = read_head(arg, true, &t, &h);

	if (ret == NO_IMAGE)
		fail("%s: holds no image", t.name);
	if (ret)
		goto out;
	ret = FAILED;
	if (head_check(&h, why) < 0)
		fail("%s: %s", t.name, why);
	else if (!target_mark_told(&t, &h))
		ret = OK;
out:
	target_close(&t);
	return ret;
}

/* The log is text of another program: nothing in it may reach the terminal but text. */
static int print_log(const char *arg)
{
	struct target t = { .fd = -1 };
	struct image img = { .target.fd = -1 };
	int ret = FAILED;

	if (open_arg(arg, false, &t) < 0)
		return FAILED;
	if (image_open(&img, &t, IMAGE_LOOK) == 0) {
		for (uint32_t i = 0; i < img.tail.tail->log_bytes; i++) {
			char c = img.tail.log[i];

			putchar(c == '\n' || (c >= ' ' && c <= '~') ? c : '?');
		}
		ret = OK;
	}
	image_close(&img);
	return ret;
}

static int guard(const char *path)
{
	struct image_guard g;
	char id[33], uuid[GUARD_UUID_TEXT];

	if (guard_read(path, &g) < 0)
		return FAILED;
	id_format(g.uuid, id);
	guard_uuid_text(&g, uuid);
	printf("guard %s %s %s %llu\nfingerprint %016llx\n", path, guard_type_name(g.type), id,
	       (unsigned long long)g.size, (unsigned long long)g.digest);
	if (*uuid)
		printf("uuid %s\n", uuid);
	return OK;
}

int main(int argc, char **argv)
{
	log_to_stderr("khimage");
	if (argc == 3 && !strcmp(argv[1], "state"))
		return state(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "format"))
		return format(argv[2], FORMAT);
	if (argc == 4 && !strcmp(argv[1], "format") && !strcmp(argv[2], "--check"))
		return format(argv[3], FORMAT_CHECK);
	if (argc == 4 && !strcmp(argv[1], "format") && !strcmp(argv[2], "--force"))
		return format(argv[3], FORMAT_FORCE);
	if (argc == 4 && !strcmp(argv[1], "discard"))
		return change(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "told"))
		return told(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "log"))
		return print_log(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "guard"))
		return guard(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "attempt"))
		return change(argv[2], NULL);
	write(2, usage, sizeof usage - 1);
	return USAGE;
}
