/* SPDX-License-Identifier: GPL-2.0-only */
/* reserve.h - memory that the kernel keeps back, lent to the jump */
#ifndef HOOKS_RESERVE_H
#define HOOKS_RESERVE_H

/*
 * Lower vm.min_free_kbytes and make the lists of free pages that each CPU keeps
 * as short as they can be.  reserve_restore() undoes what was done, however far
 * reserve_lower() got.  0, or -1 and said.
 */
int reserve_lower(void);
int reserve_restore(void);

#endif
