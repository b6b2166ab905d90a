/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel.h - the kernel in an image: where it is, and where it sees its memory */
#ifndef TOOLS_KERNEL_H
#define TOOLS_KERNEL_H

#include "paging.h"
#include "vmcoreinfo.h"

#define START_KERNEL_MAP 0xffffffff80000000ull	/* arch/x86/include/asm/page_64_types.h */

struct kernel {
	struct vmcoreinfo info;
	struct paging paging;
	uint64_t phys_base;	/* physical address of what is linked at START_KERNEL_MAP */
	uint64_t offset;	/* KASLR: from the addresses in vmlinux to the real ones */
	uint64_t page_offset;	/* virtual address of physical address 0 */
	uint64_t text;		/* virtual address of the kernel's first page */
	uint64_t text_bytes;	/* to its last */
};

/*
 * Look for the VMCOREINFO of the kernel whose release the head names, and
 * believe it if the page tables that it names map that kernel.  1 if it was
 * found, 0 if not, -1 and said.
 */
int kernel_find(struct kernel *k, struct pages *p);

/* Physical address of an address in the kernel's image. */
uint64_t kernel_phys(const struct kernel *k, uint64_t va);

/*
 * Copy len bytes at an address in the kernel's image or in the direct map,
 * within a page.  False if they are not in the image.
 */
bool kernel_read(const struct kernel *k, uint64_t va, void *to, size_t len);

/* The first entry of the list of kexec's pages, if the kernel tells where that is. */
bool kernel_kexec_list(const struct kernel *k, uint64_t *entry);

#endif
