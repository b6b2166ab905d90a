/* SPDX-License-Identifier: GPL-2.0-only */
/* mode.h - what the helper was started for, from the kernel command line */
#ifndef INITRAMFS_MODE_H
#define INITRAMFS_MODE_H

#include <stdbool.h>

#include "../image/target-spec.h"

enum mode { MODE_NONE, MODE_SAVE, MODE_RESUME };

struct request {
	enum mode mode;
	struct target_spec target;	/* khib.resume=; for MODE_RESUME */
	bool counted;			/* khib.counted: the attempt is in the head already */
	bool shell;			/* khib.shell: a shell before the end, for rescue */
};

/*
 * Parse /proc/cmdline.  cmdline is changed.  The last khib.save or khib.resume=
 * wins, as with other parameters; khib.id= belongs to the khib.resume= before
 * it.  0, or -1 and why[WHY_SIZE]; the fields that were understood are set then
 * as well.
 */
int mode_parse(char *cmdline, struct request *req, char *why);

#endif
