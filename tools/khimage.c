// SPDX-License-Identifier: GPL-2.0-only
/* khimage.c - a tool for images and the targets that hold them: find the command and run it */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "khimage.h"

static const struct command commands[] = {
#ifndef __KLIBC__	/* the small one has not these */
	{ "info", "[--json] IMAGE", "all that an image says of itself, with a map of the memory",
	  info_command },
	{ "verify", "[--json] IMAGE", "read all of it and check all of it",
	  verify_command },
	{ "elf", "IMAGE OUT", "write it as an ELF core, for gdb, crash and makedumpfile",
	  elf_command },
	{ "diff", "[--json] [--all] IMAGE IMAGE", "compare the memory in two images page by page",
	  diff_command },
#endif
	{ "state", "[--json] TARGET", "the state of a target, as lines \"key value\" or as JSON",
	  state_command },
	{ "format", "[--check|--force] TARGET", "make a partition a target, or say why not",
	  format_command },
	{ "attempt", "TARGET", "count an attempt to resume its image",
	  attempt_command },
	{ "discard", "TARGET REASON", "never resume the image that it holds",
	  discard_command },
	{ "told", "TARGET", "a boot has told of what its head says",
	  told_command },
	{ "log", "TARGET", "what the helper said while it saved",
	  log_command },
	{ "guard", "DEVICE", "fingerprint of what must not change while A sleeps",
	  guard_command },
	{ NULL, NULL, NULL, NULL },
};

static int usage(void)
{
	fprintf(stderr, "usage:\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(stderr, "  khimage %s %s\n      %s\n", c->name, c->arguments, c->purpose);
	fprintf(stderr,
		"TARGET, IMAGE: part:/dev/NAME, part:ID=... or the path of a device or file.\n"
		"See khimage(8).\n");
	return USAGE;
}

int main(int argc, char **argv)
{
	const struct command *c = commands;
	int ret;

	log_to_stderr("khimage");
	while (argc > 1 && c->name && strcmp(c->name, argv[1]))
		c++;
	ret = argc > 1 && c->name ? c->run(argc - 2, argv + 2) : USAGE;
	/* What a script reads is there as a whole, or the status says that it is not. */
	if (fflush(stdout) || ferror(stdout)) {
		fail("write standard output:");
		return FAILED;
	}
	return ret == USAGE ? usage() : ret;
}
