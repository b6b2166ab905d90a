/* SPDX-License-Identifier: GPL-2.0-only */
/* leaveout.h - from the session and /proc/vmcore to the map of what is not saved */
#ifndef INITRAMFS_LEAVEOUT_H
#define INITRAMFS_LEAVEOUT_H

#include "freepages.h"
#include "session.h"
#include "vmcore.h"

/*
 * ram[nram] is all of A's RAM, of which the jump exchanged low and the session's
 * window; A is entered at `entry`.  Never fails: on any doubt that is said, and nothing is left out.
 */
void leaveout_find(struct freepages *free, const struct vmcore *vm, const struct session *s,
		   uint64_t entry, const struct ram_range *ram, size_t nram, struct ram_range low);

#endif
