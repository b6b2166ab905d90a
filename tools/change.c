// SPDX-License-Identifier: GPL-2.0-only
/* change.c - khimage attempt, discard, told and format: change the head of a target */
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "khimage.h"

enum change { ATTEMPT, DISCARD, TOLD };

static int change(enum change what, const struct arguments *a)
{
	struct target t = { .fd = -1 };
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
	struct target t = { .fd = -1 };
	struct image_head h;
	int ret = open_target(a->operands[0], !(a->options & CHECK), &t, &h);

	if (!ret && !(a->options & FORCE))
		ret = target_may_format(&t, &h);
	if (!ret && !(a->options & CHECK))
		ret = format(&t, &h);
	target_close(&t);
	return ret < 0 ? FAILED : OK;
}
