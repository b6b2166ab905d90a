/* SPDX-License-Identifier: GPL-2.0-only */
/* io.h - whole reads and writes, text files, page buffers */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All len bytes at off; name is for a line about a failure, which goes to why[WHY_SIZE]
 * in read_why().  The last two are for n buffers that stand one after the other from
 * off; iov is used up.
 */
struct iovec;
int read_full(int fd, const char *name, void *buf, size_t len, uint64_t off);
int read_why(int fd, const char *name, void *buf, size_t len, uint64_t off, char *why);
int write_full(int fd, const char *name, const void *buf, size_t len, uint64_t off);
int readv_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off);
int writev_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off);

/* A text file of less than size bytes, ended by NUL.  Returns its length, or -1. */
int read_text(const char *path, char *buf, size_t size);

/*
 * A text file of any length: take(line, arg) for one line after the other, which
 * it may change, until it returns true.  1 if it did, 0 if not, or -1.
 */
int read_lines(const char *path, bool (*take)(char *line, void *arg), void *arg);

#define DEVICE_NAME 70		/* of "/dev/NAME", with its NUL */

/*
 * look(path, arg) for one block device of /proc/partitions after the other, until
 * it returns true.  Returns whether it did.
 */
bool devices_look(bool (*look)(const char *path, void *arg), void *arg);

/* Pages for direct I/O, one at least; shared ones are also those of processes forked later. */
void *alloc_pages(size_t bytes);
void *alloc_shared(size_t bytes);
void free_pages(void *pages, size_t bytes);

#endif
