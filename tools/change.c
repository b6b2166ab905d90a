// SPDX-License-Identifier: GPL-2.0-only
/* change.c - khimage attempt, discard and told: change the head of a target */
#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../base/image.h"
#include "khimage.h"
#include "open.h"

/* With a reason: set the image aside.  Without: count an attempt. */
static int change(const char *arg, const char *reason)
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
	int ret = open_head(arg, true, &t, &h);

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

int attempt_command(int argc, char **argv)
{
	return argc == 1 ? change(argv[0], NULL) : USAGE;
}

int discard_command(int argc, char **argv)
{
	return argc == 2 ? change(argv[0], argv[1]) : USAGE;
}

int told_command(int argc, char **argv)
{
	return argc == 1 ? told(argv[0]) : USAGE;
}
