// SPDX-License-Identifier: GPL-2.0-only
/* verify.c - khimage verify: is an image whole, from its first byte to its last? */
#include <stdio.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../restorer/restore.h"
#include "json.h"
#include "khimage.h"

static void print_json(const struct image *img, int found, const char *name)
{
	struct json j = { .out = stdout };

	json_open(&j, NULL, '{');
	json_text(&j, "device", name);
	json_flag(&j, "whole", found == OK);
	if (found == OK) {
		json_text(&j, "state", state_name(img->head.state));
		json_number(&j, "chunks", img->tail.tail->nchunks);
		json_number(&j, "bytes", img->head.tail_offset + img->head.tail_length);
	} else {
		json_flag(&j, "damaged", img->verdict == SET_ASIDE);
		json_text(&j, "reason", log_last_failure());
	}
	json_close(&j, '}');
}

int verify_command(int argc, char **argv)
{
	bool json = take_option(&argc, &argv, "--json");
	struct image img;
	int ret;

	if (argc != 1)
		return USAGE;
	ret = open_image(*argv, &img);
	if (!ret && image_verify(&img) < 0)
		ret = FAILED;
	if (json)
		print_json(&img, ret, *argv);
	else if (ret == OK)
		printf("%s: whole: %u chunks, %.1f MiB, state %s\n",
		       img.target.name, img.tail.tail->nchunks,
		       (img.head.tail_offset + img.head.tail_length) / 1048576.0,
		       state_name(img.head.state));
	image_close(&img);
	return ret;
}
