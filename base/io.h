/* SPDX-License-Identifier: GPL-2.0-only */
/* io.h - whole reads and writes, text files, page buffers */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All len bytes at off, or -1 and the failure has been said; name is for that line. */
int read_full(int fd, const char *name, void *buf, size_t len, uint64_t off);
int write_full(int fd, const char *name, const void *buf, size_t len, uint64_t off);

/* The same, but the reason of a failure goes to why[WHY_SIZE]. */
int read_why(int fd, const char *name, void *buf, size_t len, uint64_t off, char *why);

/* The same for n buffers that stand one after the other from off; iov is used up. */
struct iovec;
int readv_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off);
int writev_full(int fd, const char *name, struct iovec *iov, int n, uint64_t off);

/*
 * A small text file (procfs, sysfs, a session file) of less than size bytes,
 * ended by NUL.  Returns its length, or -1 and the failure has been said.
 */
int read_text(const char *path, char *buf, size_t size);

/*
 * A text file of any length: take(line, arg) for one line after the other, which
 * it may change, until it returns true.  1 if it did, 0 if not, -1 and said.
 */
int read_lines(const char *path, bool (*take)(char *line, void *arg), void *arg);

#define DEVICE_NAME 70		/* of "/dev/NAME", with its NUL */

/*
 * look(path, arg) for one block device of /proc/partitions after the other, until
 * it returns true.  Returns whether it did.
 */
bool devices_look(bool (*look)(const char *path, void *arg), void *arg);

/* Pages for direct I/O, aligned to a page, one at least; NULL and the failure has been said. */
void *alloc_pages(size_t bytes);
void free_pages(void *pages, size_t bytes);

/* The same, and shared with processes that are forked later. */
void *alloc_shared(size_t bytes);

#endif
