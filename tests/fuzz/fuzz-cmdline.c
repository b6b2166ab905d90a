// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-cmdline.c - the kernel command line; and the same text as a target and as a codec */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../image/codec.h"
#include "../../image/refuse.h"
#include "../../initramfs/session.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

static void check_target(const struct target_spec *spec)
{
	must(memchr(spec->path, 0, sizeof spec->path));
	must(*spec->path || spec->has_id);
	must(spec->in_file || !*spec->path || spec->kind->network ||
	     (!strncmp(spec->path, "/dev/", 5) && !strstr(spec->path, "/..")));
	must(!spec->in_file || (*spec->path == '/' && spec->kind->slots));
	must(memchr(spec->file, 0, sizeof spec->file));
	if (spec->kind == &target_dev)
		must(*spec->file == '/' && !strstr(spec->file, "/."));
	if (spec->kind->network)
		must(spec->host && spec->port && spec->port <= 65535);
	must(!spec->offset || (spec->kind->slots && !spec->in_file));
}

static void try_target(const char *text)
{
	struct target_spec spec;
	char why[WHY_SIZE], again[TARGET_NAME + 6];
	size_t len;

	memset(why, 'x', sizeof why);
	if (target_parse(text, &spec, why) < 0) {
		must(memchr(why, 0, sizeof why));
		return;
	}
	check_target(&spec);
	if (*spec.path) {
		len = snprintf(again, sizeof again, "%s:%s", spec.kind->name, spec.path);
		must(!strncmp(again, text, len) && (!text[len] || text[len] == '@' ||
							   !strcmp(text + len + 1, spec.file)));
	}
}

static void try_codec(const char *text)
{
	const struct codec *codec = NULL;
	char why[WHY_SIZE];
	int level = -1;

	memset(why, 'x', sizeof why);
	if (codec_parse(text, &codec, &level, why) < 0)
		must(memchr(why, 0, sizeof why) && !codec && level == -1);
	else
		must(codec && level >= codec->min_level && level <= codec->max_level);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request req;
	char why[WHY_SIZE], *text;

	if (size > 4096)		/* the kernel has 2048 */
		return 0;
	text = text_of(data, size);
	try_target(text);
	try_codec(text);
	memset(why, 'x', sizeof why);
	if (mode_parse(text, &req, why) < 0)
		must(memchr(why, 0, sizeof why));
	must(memchr(req.target.path, 0, sizeof req.target.path));
	if (req.mode == MODE_RESUME)
		check_target(&req.target);
	free(text);
	return 0;
}
