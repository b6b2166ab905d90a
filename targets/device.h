/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - find the block device of a target */
#ifndef TARGETS_DEVICE_H
#define TARGETS_DEVICE_H

#include <stdbool.h>

#include "../image/target-spec.h"

/*
 * Names change between kernels.  If the spec has an id, the device at its path is meant if that
 * carries the id, else whichever does; without an id, the one at the path.  carries(): does
 * the device that is open for direct I/O as fd?  0, or -1 and why[WHY_SIZE]: there is none.
 */
int device_find(const struct target_spec *spec,
		bool (*carries)(int fd, const struct target_spec *spec), char path[TARGET_NAME],
		char *why);

#endif
