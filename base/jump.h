/* SPDX-License-Identifier: GPL-2.0-only */
/* jump.h - leave this kernel for one that sleeps in memory */
#ifndef BASE_JUMP_H
#define BASE_JUMP_H

#include <stdint.h>

/* /sys/kernel/kexec_jump_back_entry: where A is entered again. */
int jump_entry_read(uint64_t *entry);
int jump_entry_write(uint64_t entry);

/* Make ready to enter the kernel that sleeps at this address. */
int jump_load(uint64_t entry);

/*
 * Go, and try it several times: a device or a task may refuse to sleep for a moment
 * only.  Returns -1, and only if nothing of the other kernel has run.
 */
int jump(void);

#endif
