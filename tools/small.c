// SPDX-License-Identifier: GPL-2.0-only
/* small.c - the commands of the small khimage: what scripts need, in A's initramfs too */
#include <stddef.h>

#include "khimage.h"

const struct command commands[] = {
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
