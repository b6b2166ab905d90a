// SPDX-License-Identifier: GPL-2.0-only
/* targets.c - open what arguments name, targets and images, and change the heads of targets */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/slots.h"
#include "khimage.h"

/* A path says nothing of the kind: a swap area is known by its signature. */
static int open_path(const char *path, bool writable, struct target *t)
{
	static uint8_t page[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));
	struct target_spec spec = { .kind = &target_swap };

	if (target_open(path, writable, t) < 0)
		return -1;
	if (t->size < sizeof page || target_read(t, page, sizeof page, 0) < 0 ||
	    swap_area(page) == AREA_NONE)
		return 0;
	target_close(t);
	snprintf(spec.path, sizeof spec.path, "%s", path);
	return target_find(&spec, writable, 0, t);
}

int open_target(const char *arg, bool writable, struct target *t, struct image_head *head)
{
	struct target_spec spec;
	char why[WHY_SIZE];
	int ret;

	if (*arg == '/' || !strchr(arg, ':'))
		ret = open_path(arg, writable, t);
	else if (target_parse(arg, &spec, why) < 0)
		ret = fail("%s", why);
	else
		ret = target_find(&spec, writable, 0, t);
	return ret < 0 ? -1 : target_read_head(t, head);
}

int open_head(const char *arg, bool writable, struct target *t, struct image_head *head)
{
	if (open_target(arg, writable, t, head) < 0)
		return FAILED;
	if (head_has_magic(head))
		return OK;
	fail("%s: holds no image", t->name);
	return NO_IMAGE;
}

int open_image(const char *arg, struct image *img)
{
	struct target t = { .kind = NULL };
	struct image_head head;
	int ret = open_head(arg, false, &t, &head);

	*img = (struct image){ .target = t };
	if (!ret && image_open(img, &t, IMAGE_LOOK) < 0)
		ret = FAILED;
	return ret;
}

void print_log(const struct tail_view *tail, const char *indent)
{
	char before = '\n';

	for (uint32_t i = 0; i < tail->tail->log_bytes; i++) {
		if (before == '\n')
			fputs(indent, stdout);
		before = tail->log[i];
		putchar(before == '\n' ? before : text_char(before));
	}
}

enum change { ATTEMPT, DISCARD, TOLD };

static int change(enum change what, const struct arguments *a)
{
	struct target t = { .kind = NULL };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = open_head(a->operands[0], true, &t, &h), failed = 0;

	/* Another version could resume what this one cannot, so this one can set it aside. */
	if (!ret && head_check(&h, why) < 0 && (what == ATTEMPT || !head_foreign(&h))) {
		fail("%s: %s", t.name, why);
		ret = FAILED;
	}
	if (!ret && what == ATTEMPT)
		failed = target_count_attempt(&t, &h);
	else if (!ret && what == DISCARD)
		failed = target_mark_failed(&t, &h, a->operands[1]);
	/* A head of another version has no known place for this; its state says enough. */
	else if (!ret && !head_foreign(&h))
		failed = target_mark_told(&t, &h);
	target_close(&t);
	return failed ? FAILED : ret;
}

int attempt_command(const struct arguments *a)
{
	return change(ATTEMPT, a);
}

int discard_command(const struct arguments *a)
{
	return change(DISCARD, a);
}

int told_command(const struct arguments *a)
{
	return change(TOLD, a);
}

/* A target keeps the id by which configuration files may know it. */
static int format(const struct target *t, struct image_head *h)
{
	char why[WHY_SIZE];
	uint8_t id[16];

	if (head_foreign(h) || head_check(h, why) == 0)
		memcpy(id, h->target_id, sizeof id);
	else if (id_draw(id) < 0)
		return -1;
	state_format(h, id);
	return target_write_head(t, h);
}

int format_command(const struct arguments *a)
{
	struct target t = { .kind = NULL };
	struct image_head h;
	int ret = open_target(a->operands[0], !(a->options & CHECK), &t, &h);

	if (!ret && t.kind->renewed)
		ret = fail("%s: %s: is not formatted: each hibernation makes it anew", t.name,
			   t.kind->name);
	if (!ret && !(a->options & FORCE))
		ret = target_may_format(&t, &h);
	if (!ret && !(a->options & CHECK))
		ret = format(&t, &h);
	target_close(&t);
	return ret < 0 ? FAILED : OK;
}
