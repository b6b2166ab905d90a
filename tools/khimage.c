// SPDX-License-Identifier: GPL-2.0-only
/* khimage.c - a tool for images and the targets that hold them: find the command and run it */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "khimage.h"

static int usage(void)
{
	fprintf(stderr, "usage:\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(stderr, "  khimage %s %s\n      %s\n", c->name, c->arguments, c->purpose);
	fprintf(stderr, "TARGET, IMAGE: part:/dev/NAME, part:ID=... or the path of a device or file.\n"
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
