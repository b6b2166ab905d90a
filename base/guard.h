/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard.h - has a device been written since A was saved?
 *
 * B takes the fingerprint of each device that A uses, from the device itself:
 * A sleeps, so what is there is what A believes to be there.  C compares.
 */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include "../image/format.h"

/*
 * Take the fingerprint of the device of this name, for which it waits up to
 * wait_ms.  0, or -1 and the failure has been said.
 */
int guard_take(const char *name, unsigned int wait_ms, struct image_guard *g);

/*
 * Find the device of each guard and compare; names may have changed since.
 * wait_ms: for all that are not there yet.  0: nothing was written.  -1: said.
 */
int guards_check(const struct image_guard *guards, uint32_t n, unsigned int wait_ms);

#endif
