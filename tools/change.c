// SPDX-License-Identifier: GPL-2.0-only
/* change.c - khimage attempt, discard, told and format: change the head of a target */
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "khimage.h"

enum change { ATTEMPT, DISCARD, TOLD };

static int mark(enum change what, const struct target *t, struct image_head *h, const char *reason)
{
	switch (what) {
	case ATTEMPT:
		return target_count_attempt(t, h);
	case DISCARD:
		return target_mark_failed(t, h, reason);
	case TOLD:
		/* A head of another version has no known place for this; its state says enough. */
		return head_foreign(h) ? 0 : target_mark_told(t, h);
	}
	return -1;
}

static int change(enum change what, const char *arg, const char *reason)
{
	struct target t = { .fd = -1 };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = open_head(arg, true, &t, &h);

	/* Another version could resume what this one cannot, so this one can set it aside. */
	if (!ret && head_check(&h, why) < 0 && (what == ATTEMPT || !head_foreign(&h))) {
		fail("%s: %s", t.name, why);
		ret = FAILED;
	}
	if (!ret && mark(what, &t, &h, reason) < 0)
		ret = FAILED;
	target_close(&t);
	return ret;
}

int attempt_command(int argc, char **argv)
{
	return argc == 1 ? change(ATTEMPT, argv[0], NULL) : USAGE;
}

int discard_command(int argc, char **argv)
{
	return argc == 2 ? change(DISCARD, argv[0], argv[1]) : USAGE;
}

int told_command(int argc, char **argv)
{
	return argc == 1 ? change(TOLD, argv[0], NULL) : USAGE;
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

int format_command(int argc, char **argv)
{
	bool check = take_option(&argc, &argv, "--check");
	bool force = !check && take_option(&argc, &argv, "--force");
	struct target t = { .fd = -1 };
	struct image_head h;
	int ret;

	if (argc != 1)
		return USAGE;
	ret = open_target(*argv, !check, &t, &h);
	if (!ret && !force)
		ret = target_may_format(&t, &h);
	if (!ret && !check)
		ret = format(&t, &h);
	target_close(&t);
	return ret < 0 ? FAILED : OK;
}
