/* SPDX-License-Identifier: GPL-2.0-only */
/* file-place.h - where a swap file lies, for a kernel that does not mount its file system */
#ifndef TARGETS_FILE_PLACE_H
#define TARGETS_FILE_PLACE_H

#include "../image/target-spec.h"

/*
 * The device that the file's first page lies on, and its byte there; and the UUID in that page, by
 * which the caller can tell whether it found the place.  0, or -1 and said.
 */
int file_place(const char *path, char device[TARGET_NAME], uint64_t *offset, uint8_t uuid[16]);

#endif
