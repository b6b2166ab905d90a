/* SPDX-License-Identifier: GPL-2.0-only */
/* sys.h - texts and links of /proc and /sys, of any length, and the block devices there */
#ifndef HOOKS_SYS_H
#define HOOKS_SYS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SYS_PATH 512

/* Stands before "/proc", "/sys" and the like in sys_path(): "" but in tests. */
extern const char *sys_root;

/* Text that stays, or the end of the program: its users have nothing to tidy up. */
char *sys_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *sys_grow(void *array, size_t n, size_t size);	/* room for one more than n */

/* A path behind sys_root, in one of 8 buffers. */
const char *sys_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A whole file, ended by NUL; the caller may free it.  NULL and errno; nothing is said. */
char *sys_read_bytes(const char *path, size_t *len);
char *sys_read(const char *path);	/* a text, without another NUL */

/* Write a number or the like to a file of /proc.  0, or -1 and errno; nothing is said. */
int sys_write(const char *path, const char *text);

/* Its first line, which stays; "" if it cannot be read. */
const char *sys_line(const char *path);

/* Is this a whole line of text? */
bool sys_has_line(const char *text, const char *line);

/*
 * The paths that match a pattern of glob(7), in no order, NULL behind the last one; they stay.
 * A directory that is not there has none.  NULL and said if one cannot be read.
 */
char **sys_glob(const char *pattern);

/* The number "8:1" that a text is, or that of the block device at this path.  false: none. */
bool sys_number(const char *text, dev_t *number);
bool sys_block(const char *path, dev_t *number);

/* The part of a path behind the last '/'. */
const char *sys_base(const char *path);

/* Foreign text for a message: at most 60 bytes, those not printable as '?'; it stays. */
const char *sys_show(const char *text);

/* The directory of a block device in /sys/devices, NULL if there is none. */
const char *device_dir(dev_t number);

/* That of the disk that a partition is on; a disk's is its own. */
const char *device_disk(const char *dir);

/* That of a network card by its interface's name, NULL if it is none. */
const char *net_device_dir(const char *interface);

bool device_is_removable(const char *dir);	/* may a person pull it out? */

int device_any_ata(void);			/* is any block device behind libata?  -1: said */

/*
 * NULL if the helper has all drivers up the path of a device, or the name of one
 * that it lacks.  drivers: its modules, one a line.
 */
const char *device_missing_driver(const char *dir, const char *drivers);

#endif
