/* SPDX-License-Identifier: GPL-2.0-only */
/* devices.h - all block devices that this kernel knows */
#ifndef BASE_DEVICES_H
#define BASE_DEVICES_H

#include <stdbool.h>

#define DEVICE_NAME 70		/* of "/dev/NAME", with its NUL */

/*
 * Call look(path, arg) for one device of /proc/partitions after the other,
 * until it returns true.  Returns whether it did.
 */
bool devices_look(bool (*look)(const char *path, void *arg), void *arg);

#endif
