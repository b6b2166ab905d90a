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

/* All of a guard, from the device at this path; or without the digest, which takes longest. */
int guard_read(const char *path, struct image_guard *g);
int guard_identify(const char *path, struct image_guard *g);

/*
 * Set the digest of the device that A describes by name, type, uuid and size.
 * Names may be others here than in A.  wait_ms: for the device.
 */
int guard_take(struct image_guard *g, unsigned int wait_ms);

/*
 * Find the device of each guard and compare; names may have changed since.
 * wait_ms: for all that are not there yet.  A removable one may be gone, which
 * is said.  0: nothing was written.
 */
int guards_check(const struct image_guard *guards, uint32_t n, unsigned int wait_ms);

#endif
