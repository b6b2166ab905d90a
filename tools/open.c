// SPDX-License-Identifier: GPL-2.0-only
/* open.c - options and targets, as they are given to all commands */
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "khimage.h"
#include "open.h"

bool take_option(int *argc, char ***argv, const char *option)
{
	if (!*argc || strcmp(**argv, option))
		return false;
	--*argc;
	++*argv;
	return true;
}

int open_target(const char *arg, bool writable, struct target *t)
{
	struct target_spec spec;
	char why[WHY_SIZE];

	if (strncmp(arg, "part:", 5))
		return target_open(arg, writable, t);
	if (target_parse(arg, &spec, why) < 0)
		return fail("%s", why);
	return target_find(&spec, writable, 0, t);
}

int open_head(const char *arg, bool writable, struct target *t, struct image_head *head)
{
	if (open_target(arg, writable, t) < 0)
		return FAILED;
	if (target_read_head(t, head) < 0)
		return FAILED;
	return head_has_magic(head) ? OK : NO_IMAGE;
}

int open_image(const char *arg, struct image *img)
{
	struct target t = { .fd = -1 };
	struct image_head head;
	int found;

	*img = (struct image){ .target = t };
	found = open_head(arg, false, &t, &head);
	img->target = t;
	if (found == NO_IMAGE)
		fail("%s: holds no image", t.name);
	if (found)
		return found;
	return image_open(img, &t, IMAGE_LOOK) < 0 ? FAILED : OK;
}
