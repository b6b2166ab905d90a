// SPDX-License-Identifier: GPL-2.0-only
/* heads.c - the heads of the targets: made before the jump, looked at after it */
#include <string.h>

#include "../targets/image.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "carry-out.h"

#define SLOTS_BESIDES (16u << 20)	/* what may be allocated before the jump */

static struct made {
	char name[TARGET_NAME];
	struct image_head head;
} made[SESSION_TARGETS];
static int nmade;

bool head_holds_image(const struct image_head *h)
{
	char why[WHY_SIZE];

	return head_has_magic(h) && head_check(h, why) == 0 && head_resumable(h, false, why) == 0;
}

/* Is the head still the one that the plan found?  0, or -1 and said. */
static int unchanged(const struct target *t, const struct image_head *h, const uint8_t id[16])
{
	char why[WHY_SIZE];

	if (!head_has_magic(h) || memcmp(h->target_id, id, sizeof h->target_id))
		return fail("%s: it has been written to since the checks", t->name);
	return head_replaceable(h, why) < 0 ? fail("%s: %s", t->name, why) : 0;
}

static int make(const struct target_spec *spec)
{
	static const struct image_head blank;
	struct target_spec by_path = *spec;
	struct target t = { .kind = NULL };
	struct made *m = &made[nmade];
	int ret;

	by_path.has_id = !*spec->path;	/* one that has no head yet is not found by its id */
	if (target_find(&by_path, true, 0, &t) < 0)
		return -1;
	ret = target_read_head(&t, &m->head);
	if (!ret && memcmp(&m->head, &blank, sizeof blank)) {
		ret = unchanged(&t, &m->head, spec->id);
	} else if (!ret) {
		state_format(&m->head, spec->id);
		strcpy(m->name, t.name);
		nmade++;	/* before the write: one that failed may have reached the disk */
		ret = target_write_head(&t, &m->head);
	}
	target_close(&t);
	return ret;
}

/* More than an image of all that is in use: chunk heads and the tail take 0.6 % of it. */
static uint64_t image_most(void)
{
	return used_kib() * 1024 / 100 * 102 + SLOTS_BESIDES;
}

/* A file on a file system of the helper's is made by the helper. */
static int make_target(const struct planned_target *t)
{
	if (t->spec.kind->slots)
		return slots_make(t, image_most());
	return t->spec.kind->renewed ? 0 : make(&t->spec);
}

int heads_make(const struct plan *plan)
{
	for (int i = 0; i < plan->ntargets; i++)
		if (make_target(&plan->targets[i]) < 0)
			return -1;
	return 0;
}

static int blank_again(const struct made *m)
{
	struct target t = { .kind = NULL };
	char *zero = alloc_pages(IMAGE_BLOCK);	/* aligned, and all zero */
	struct image_head now;
	int ret = -1;

	if (zero && target_open(m->name, true, &t) == 0)
		ret = target_read_head(&t, &now);
	/* Another head: the helper has written to it. */
	if (!ret && !memcmp(&now, &m->head, sizeof now))
		ret = target_write(&t, zero, IMAGE_BLOCK, 0) < 0 ? -1 : target_flush(&t);
	target_close(&t);
	free_pages(zero, IMAGE_BLOCK);
	return ret;
}

void heads_undo(void)
{
	slots_end(true);
	while (nmade > 0)
		if (blank_again(&made[--nmade]) < 0)
			info("%s: stays an empty target", made[nmade].name);
}

/* 0, or -1 and said: it may hold an image that a boot would resume. */
static int discard(const struct target_spec *spec, unsigned int wait_ms)
{
	struct target t = { .kind = NULL };
	struct image_head h;
	int ret;

	/* Writable only if there is something to write: a stick would be mounted for it. */
	if (target_find(spec, false, wait_ms, &t) < 0)
		return 0;
	ret = target_read_head(&t, &h);
	if (!ret && head_holds_image(&h)) {
		target_close(&t);
		ret = target_find(spec, true, wait_ms, &t);
		if (!ret)
			ret = target_mark_failed(&t, &h, "the system went on without it");
	}
	target_close(&t);
	return ret;
}

void heads_discard(const struct config *conf, unsigned int wait_ms)
{
	/* A disk that fails at the last moment may keep the head of an image that B gave up. */
	for (int i = 0; i < conf->ntargets; i++)
		if (discard(&conf->targets[i].spec, wait_ms) < 0)
			fail("%s: do not boot this machine before its image is discarded",
			     conf->targets[i].text);
}
