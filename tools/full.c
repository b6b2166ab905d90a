// SPDX-License-Identifier: GPL-2.0-only
/* full.c - the commands of khimage as people have it */
#include <stddef.h>

#include "khimage.h"

const struct command commands[] = {
	{ "info", "[--json] IMAGE", "all that an image says of itself, with a map of the memory",
	  info_command },
	{ "verify", "[--json] IMAGE", "read all of it and check all of it",
	  verify_command },
	{ "elf", "IMAGE OUT", "write it as an ELF core, for gdb, crash and makedumpfile",
	  elf_command },
	{ "diff", "[--json] [--all] IMAGE IMAGE", "compare the memory in two images page by page",
	  diff_command },
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
