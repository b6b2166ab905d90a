/* SPDX-License-Identifier: GPL-2.0-only */
/* machine.h - what an image must have in common with the machine and kernel it is restored on */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include "../image/head.h"

#define MACHINE_LOW_MAX 0x100000u	/* low memory lies below, the window above */

/*
 * Describe the running machine: CPU, the firmware's RAM map (from
 * /sys/firmware/memmap, so CONFIG_FIRMWARE_MEMMAP) and the memory of this
 * kernel (from /proc/iomem), which is to be one window above 1 MiB and one low
 * range.  0, or -1 and the failure has been said.
 */
int machine_read(struct machine *here);

#endif
