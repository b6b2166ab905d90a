/* SPDX-License-Identifier: GPL-2.0-only */
/* flush.h - write to the disks what waits in memory, without waiting for a dead server */
#ifndef HOOKS_FLUSH_H
#define HOOKS_FLUSH_H

/*
 * Flush one mounted file system after the other, then all that is left.  One
 * that does not end in 10 s is told and passed by; so is the rest after 30 s.
 * It ends early if a stop is asked.
 */
void flush_all(void);

#endif
