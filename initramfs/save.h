/* SPDX-License-Identifier: GPL-2.0-only */
/* save.h - from A's memory to an armed image */
#ifndef INITRAMFS_SAVE_H
#define INITRAMFS_SAVE_H

#include "session.h"

/*
 * Save the kernel that sleeps with its entry at `entry` to the first of the
 * session's targets that takes it.  0: an image is armed.  -1: none was, every
 * target said why, and the sleeping kernel is whole.
 */
int save(const struct session *s, uint64_t entry);

#endif
