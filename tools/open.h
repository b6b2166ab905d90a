/* SPDX-License-Identifier: GPL-2.0-only */
/* open.h - from the arguments of a command to what they name */
#ifndef TOOLS_OPEN_H
#define TOOLS_OPEN_H

#include <stdbool.h>

#include "../base/image.h"

/* Is this option the next argument?  Then it is taken off the list. */
bool take_option(int *argc, char ***argv, const char *option);

/* TARGET: a target as in the configuration, or the path of a device or file.  0, or -1 and said. */
int open_target(const char *arg, bool writable, struct target *t);

/* The same, and read its head.  OK, NO_IMAGE if there is none (not said), or FAILED and said. */
int open_head(const char *arg, bool writable, struct target *t, struct image_head *head);

/*
 * Open the image that it holds, to be looked at.  OK, NO_IMAGE or FAILED, and
 * said; close it in any case.
 */
int open_image(const char *arg, struct image *img);

#endif
