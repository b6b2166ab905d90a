/* SPDX-License-Identifier: GPL-2.0-only */
/* iomem.h - what this kernel says of its memory */
#ifndef BASE_IOMEM_H
#define BASE_IOMEM_H

#include "../image/format.h"

/*
 * "System RAM" of /proc/iomem, or of another file like it: the number of ranges,
 * at most IMAGE_MAX_RAM, or -1 and the failure has been said.  *pages, unless NULL:
 * whole pages of each line by itself, as B will count them.  A kernel that kexec
 * started has lines that meet within a page, and that page is no kernel's.
 */
int iomem_ram(const char *path, struct ram_range *ranges, uint64_t *pages);

/* Page table levels that this kernel uses, 4 or 5; or -1 and said. */
int cpuinfo_paging_levels(void);

#endif
