/* SPDX-License-Identifier: GPL-2.0-only */
/* freepages.h - from the session and /proc/vmcore to the map of what is not saved */
#ifndef INITRAMFS_FREEPAGES_H
#define INITRAMFS_FREEPAGES_H

#include "../linux/freepages.h"
#include "session.h"
#include "../base/vmcore.h"

/*
 * ram[nram] is all of A's RAM, of which the jump exchanged low and the session's
 * window; A is entered at `entry`.  Never fails: on any doubt one line says what is
 * odd, and the map is empty, so that all is saved.
 */
void freepages_find(struct freepages *free, const struct vmcore *vm, const struct session *s,
		    uint64_t entry, const struct ram_range *ram, size_t nram, struct ram_range low);
void freepages_end(struct freepages *free);

#endif
