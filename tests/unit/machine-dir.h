/* SPDX-License-Identifier: GPL-2.0-only */
/* machine-dir.h - a machine made of files, for the programs that look at /proc and /sys */
#ifndef MACHINE_DIR_H
#define MACHINE_DIR_H

#include "unit.h"

/* For each test: an empty one, which is sys_root; its end removes it. */
int machine_begin(void **state);
int machine_end(void **state);

/* A file with this text, and the directories above it; paths begin with '/'. */
void put_file(const char *path, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void put_link(const char *path, const char *target);
void put_dir(const char *path);

/* A thread, in this mount namespace, which it shows. */
void put_thread(int pid, int tid, const char *namespace, const char *mountinfo);

/*
 * A block device below /sys/devices; name is its path there.  slaves: numbers
 * of those it lies on, separated by blanks, or "".  Also as /dev/NAME.
 */
void put_device(const char *number, const char *name, const char *slaves);
void put_partition(const char *number, const char *name);

#endif
