/* SPDX-License-Identifier: GPL-2.0-only */
/* machine.h - the machine and its clock, and the memory of the kernel that runs on it */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include "../image/head.h"

#define MACHINE_LOW_MAX 0x100000u	/* low memory lies below, the window above */

/*
 * What an image must have in common with machine and kernel: CPU, the firmware's
 * RAM map (from /sys/firmware/memmap, so CONFIG_FIRMWARE_MEMMAP) and the memory of
 * this kernel (from /proc/iomem), which is to be one window above 1 MiB and one
 * low range.
 */
int machine_read(struct machine *here);

/*
 * "System RAM" of /proc/iomem, or of another file like it: the number of ranges,
 * at most IMAGE_MAX_RAM, or -1.  *pages, unless NULL: whole pages of each line by
 * itself, as B will count them.  A kernel that kexec started has lines that meet
 * within a page, and that page is no kernel's.
 */
int iomem_ram(const char *path, struct ram_range *ranges, uint64_t *pages);

/* Page table levels that this kernel uses, 4 or 5; or -1. */
int cpuinfo_paging_levels(void);

/* MemFree of /proc/meminfo in KiB, 0 if it cannot be told.  Direct I/O leaves no cache besides. */
unsigned int memfree_kib(void);

/* Look at it now; what was seen first, and the least that was seen: 0 if never looked. */
void memfree_sample(void);
unsigned int memfree_first_kib(void);
unsigned int memfree_least_kib(void);

/* Milliseconds since this kernel booted, in steps of 10: setting the clock changes nothing. */
uint64_t now_ms(void);

/* Microseconds, for spans so short that nobody sets the clock meanwhile. */
uint64_t now_us(void);

/* Seconds since 1970, by the machine's clock. */
uint64_t now_date(void);

#endif
