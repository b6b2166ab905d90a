// SPDX-License-Identifier: GPL-2.0-only
/* log.c - khimage log: what the helper said while it saved */
#include <stdio.h>

#include "../base/image.h"
#include "../image/refuse.h"
#include "khimage.h"
#include "open.h"

int log_command(int argc, char **argv)
{
	struct target t = { .fd = -1 };
	struct image img = { .target.fd = -1 };
	int ret = FAILED;

	if (argc != 1)
		return USAGE;
	if (open_target(argv[0], false, &t) < 0)
		return FAILED;
	if (image_open(&img, &t, IMAGE_LOOK) == 0) {
		for (uint32_t i = 0; i < img.tail.tail->log_bytes; i++) {
			char c = img.tail.log[i];

			putchar(c == '\n' ? c : text_char(c));
		}
		ret = OK;
	}
	image_close(&img);
	return ret;
}
