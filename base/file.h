/* SPDX-License-Identifier: GPL-2.0-only */
/* file.h - a block device or file that is open, with what messages and bounds need */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define FILE_NAME 128		/* of a path, with its NUL */

struct file {
	int fd;			/* -1: not open */
	char name[FILE_NAME];
	uint64_t size;		/* bytes */
};

/* Block devices are opened for direct I/O. */
int file_open(const char *path, bool writable, struct file *file);
void file_close(struct file *file);

#endif
