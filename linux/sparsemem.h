/* SPDX-License-Identifier: GPL-2.0-only */
/* sparsemem.h - where A keeps the struct pages of its memory (the kernel's mm/sparse.c) */
#ifndef LINUX_SPARSEMEM_H
#define LINUX_SPARSEMEM_H

#include <stdbool.h>

#include "amem.h"
#include "vmcoreinfo.h"

/*
 * The section that page pfn lies in: *end is set to the first pfn behind it,
 * *pages to the virtual address of pfn's struct page, or to 0 if the kernel
 * does not use this memory (yet) and so has none of it free.  -1: why[WHY_SIZE].
 */
int section_find(struct amem *mem, const struct vmcoreinfo *info, uint64_t pfn, uint64_t *end,
		 uint64_t *pages, char *why);

#endif
