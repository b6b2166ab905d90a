/* SPDX-License-Identifier: GPL-2.0-only */
/* devices.h - block devices in /sys, and whether the helper can drive them */
#ifndef HOOKS_DEVICES_H
#define HOOKS_DEVICES_H

#include "sys.h"

#define DEVICE_DRIVER 64

/* The directory of a device in /sys/devices.  false if there is none. */
bool device_dir(dev_t number, char dir[SYS_PATH]);

/* That of the disk that a partition is on; a disk's is its own. */
void device_disk(const char *dir, char disk[SYS_PATH]);

bool device_is_removable(const char *dir);	/* may a person pull it out? */

int device_any_ata(void);			/* is any block device behind libata?  -1: said */

/*
 * Does the helper have all drivers up the path of a device?  drivers: its
 * modules, one a line.  If not, missing is the name of one.
 */
bool device_has_drivers(const char *dir, const char *drivers, char missing[DEVICE_DRIVER]);

#endif
