/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exchanges.h - where the pages are that the jump exchanged
 *
 * They are in the pages that kernel A had allocated as sources for its kexec
 * image.  The list of both, struct kimage of include/linux/kexec.h, has one
 * entry a page: a physical address and, in its low bits, what it is.
 */
#ifndef TOOLS_EXCHANGES_H
#define TOOLS_EXCHANGES_H

#include "pages.h"

/*
 * The first entry of the list.  The code that jumps keeps a copy of it, to come
 * back by it, in the page at which A is entered, which is never exchanged
 * (CP_PA_BACKUP_PAGES_MAP of arch/x86/kernel/relocate_kernel_64.S in 6.12).
 * Other kernels may have something else there.  False if it is not in the image.
 */
bool exchanges_first(struct pages *p, uint64_t *entry);

/*
 * Walk through the list from its first entry on, and keep in p those exchanged
 * pages of which the image has the source.  0, or -1 and why[WHY_SIZE] if it is
 * no such list; then p has none.
 */
int exchanges_find(struct pages *p, uint64_t entry, char *why);

#endif
