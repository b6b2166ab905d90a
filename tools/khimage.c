// SPDX-License-Identifier: GPL-2.0-only
/* khimage.c - a tool for images and the targets that hold them: find the command and run it */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "khimage.h"

static const struct command {
	const char *name;
	int operands;
	unsigned int options;
	const char *arguments;
	const char *purpose;
	int (*run)(const struct arguments *a);
} commands[] = {
#ifndef __KLIBC__	/* the small one has not these */
	{ "info", 1, JSON, "[--json] IMAGE",
	  "all that an image says of itself, with a map of the memory", info_command },
	{ "verify", 1, JSON, "[--json] IMAGE", "read and check all of it", verify_command },
	{ "elf", 2, 0, "IMAGE OUT",
	  "write it as an ELF core, for gdb, crash and makedumpfile", elf_command },
	{ "diff", 2, JSON | ALL, "[--json] [--all] IMAGE IMAGE",
	  "compare the memory in two images page by page", diff_command },
#endif
	{ "state", 1, JSON, "[--json] TARGET",
	  "the state of a target, as lines \"key value\" or as JSON", state_command },
	{ "format", 1, CHECK | FORCE, "[--check|--force] TARGET",
	  "make a partition a target, or say why not", format_command },
	{ "attempt", 1, 0, "TARGET", "count an attempt to resume its image", attempt_command },
	{ "discard", 2, 0, "TARGET REASON",
	  "never resume the image that it holds", discard_command },
	{ "told", 1, 0, "TARGET", "a boot has told of what its head says", told_command },
	{ "log", 1, 0, "TARGET", "what the helper said while it saved", log_command },
	{ "net-up", 1, 0, "NET", "set up a network card: MAC,ADDRESS/PREFIX[,GATEWAY]",
	  net_up_command },
	{ "net-down", 1, 0, "NET", "and take it down again", net_down_command },
	{ "guard", 1, 0, "DEVICE",
	  "fingerprint of what must not change while A sleeps", guard_command },
	{ 0 },
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

/* argv: what follows the command's name, options first. */
static int run(const struct command *c, int argc, char **argv)
{
	static const char *const names[4] = { "--json", "--all", "--check", "--force" };
	struct arguments a = { 0 };
	unsigned int i;

	for (; argc && !strncmp(*argv, "--", 2); argc--, argv++) {
		for (i = 0; i < 4 && strcmp(*argv, names[i]); i++)
			;
		if (!(c->options & 1u << i))
			return USAGE;
		a.options |= 1u << i;
	}
	if (argc != c->operands || a.options == (CHECK | FORCE))
		return USAGE;
	memcpy(a.operands, argv, argc * sizeof *argv);
	return c->run(&a);
}

int main(int argc, char **argv)
{
	const struct command *c = commands;
	int ret;

	log_to_stderr("khimage");
	while (argc > 1 && c->name && strcmp(c->name, argv[1]))
		c++;
	ret = argc > 1 && c->name ? run(c, argc - 2, argv + 2) : USAGE;
	/* What a script reads is there as a whole, or the status says that it is not. */
	if (fflush(stdout) || ferror(stdout)) {
		fail("write standard output:");
		return FAILED;
	}
	return ret == USAGE ? usage() : ret;
}
