// SPDX-License-Identifier: GPL-2.0-only
/* open.c - what several commands do: options, targets, images, the log */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "khimage.h"

bool take_option(int *argc, char ***argv, const char *option)
{
	if (!*argc || strcmp(**argv, option))
		return false;
	--*argc;
	++*argv;
	return true;
}

int open_target(const char *arg, bool writable, struct target *t, struct image_head *head)
{
	struct target_spec spec;
	char why[WHY_SIZE];
	int ret;

	if (strncmp(arg, "part:", 5))
		ret = target_open(arg, writable, t);
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
	struct target t = { .fd = -1 };
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
