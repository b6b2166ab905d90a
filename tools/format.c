// SPDX-License-Identifier: GPL-2.0-only
/* format.c - khimage format: make a target of a partition that holds nothing */
#include <string.h>

#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "khimage.h"
#include "open.h"

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
	if (how != FORMAT_FORCE && target_may_format(&t, &h) < 0) {
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
	} else if (id_draw(id) < 0) {
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
