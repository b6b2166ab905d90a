/* SPDX-License-Identifier: GPL-2.0-only */
/* restore-elf.h - the way of 2007: a plain copy of /proc/vmcore */
#ifndef RESTORER_RESTORE_ELF_H
#define RESTORER_RESTORE_ELF_H

#include <stdbool.h>

#include "../base/target.h"

bool elf_is(const struct target *target);	/* does it start like an ELF file? */

/*
 * Write every load to /dev/oldmem.  Such a file has no checksums and does not
 * know its machine: all that is checked is that it is whole and that the
 * kernel takes each page.  With dry, only the file is checked.  0, or -1 and said.
 */
int elf_restore(const struct target *target, bool dry);

#endif
