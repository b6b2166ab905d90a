/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel.h - which kernel A is, and where it sees its memory, for a core that gdb and crash read */
#ifndef LINUX_KERNEL_H
#define LINUX_KERNEL_H

#include "amem.h"

struct kernel {
	struct vmcoreinfo info;
	char note[IMAGE_BLOCK];	/* the text of it, note_len bytes */
	size_t note_len;
	uint64_t page_offset;	/* virtual address of physical address 0 */
	uint64_t text;		/* virtual address of the kernel's first page */
	uint64_t text_phys;	/* and its physical one */
	uint64_t text_bytes;	/* to its last */
};

/*
 * Is this page the VMCOREINFO text of the kernel that sleeps in mem?  A stale one of
 * an earlier boot names page tables that are no more: it is believed if the tables that
 * it names map the kernel that it describes.
 */
bool kernel_known(struct kernel *k, struct amem *mem, const void *page, const char *release);

#endif
