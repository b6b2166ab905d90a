// SPDX-License-Identifier: GPL-2.0-only
/* change.c - khimage attempt, discard and told: change the head of a target */
#include "../base/image.h"
#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "khimage.h"
#include "open.h"

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

	if (ret == NO_IMAGE)
		fail("%s: holds no image", t.name);
	if (ret)
		goto out;
	ret = FAILED;
	/* Another version could resume what this one cannot, so this one can set it aside. */
	if (head_check(&h, why) < 0 && (what == ATTEMPT || !head_foreign(&h)))
		fail("%s: %s", t.name, why);
	else if (!mark(what, &t, &h, reason))
		ret = OK;
out:
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
