/* SPDX-License-Identifier: GPL-2.0-only */
/* save.h - from A's memory to an armed image */
#ifndef INITRAMFS_SAVE_H
#define INITRAMFS_SAVE_H

#include "session.h"

/* Which step failed; also the code in the mailbox (docs/design.md, section 7). */
enum save_result {
	SAVED = 0, SAVE_NO_SESSION, SAVE_NO_SOURCE, SAVE_NO_GUARD, SAVE_NO_TARGET, SAVE_ABANDONED,
};

/*
 * Save the kernel that is entered at `entry` to the first of the session's targets that
 * takes it.  SAVED: an image is armed.  Else none is, and the sleeping kernel is whole.
 */
enum save_result save(const struct session *s, uint64_t entry);

#endif
