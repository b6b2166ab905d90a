/* SPDX-License-Identifier: GPL-2.0-only */
/* helper-cmdline.h - the kernel parameters that every helper gets, whoever starts it */
#ifndef BASE_HELPER_CMDLINE_H
#define BASE_HELPER_CMDLINE_H

#include <stdbool.h>

#include "../image/format.h"

#define HELPER_START	0x4000000u	/* CONFIG_PHYSICAL_START in kernel-patches/helper.config */
#define HELPER_LOW_END	0x9f000u	/* end of the helper's low memory: docs/memory-map.md */

/* Of x86's 2047 bytes the rest is for kexec, purgatory, and who says what to save or resume. */
#define HELPER_CMDLINE_SIZE 1536

struct helper_cmdline {
	struct ram_range window;	/* the helper's memory, with the low one */
	int paging_levels;		/* of A, 4 or 5: the paging mode survives the jump */
	bool memmap;			/* name that memory, too; kexec does so itself for B */
	bool no_ata;			/* no device that the helper needs is behind libata */
	const char *own;		/* /proc/cmdline: its console= parameters are handed on */
	const char *extra;		/* HELPER_PARAMETERS of the configuration, or "" */
};

/*
 * The parameters in one line, without those of one mode (khib.*).
 * 0, or -1 and why[WHY_SIZE]: they are too long, or a byte is not printable.
 */
int helper_cmdline(const struct helper_cmdline *want, char text[HELPER_CMDLINE_SIZE], char *why);

/* How many processors a helper may start in a window of this size. */
int helper_cpus(uint64_t window_bytes);

#endif
