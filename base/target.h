/* SPDX-License-Identifier: GPL-2.0-only */
/* target.h - where images are kept: find it, read and write its head */
#ifndef BASE_TARGET_H
#define BASE_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "../image/format.h"
#include "../image/target-spec.h"

struct target {
	int fd;
	char name[TARGET_NAME];		/* of the device or file that was opened, for messages */
	uint64_t size;			/* bytes */
};

/* A new id, at random. */
int id_draw(uint8_t id[16]);

/*
 * Open a target by its path or, where it has an id that the device at the path
 * does not carry (names change between kernels), by the heads of all block
 * devices.  wait_ms: for the device to appear.
 */
int target_find(const struct target_spec *spec, bool writable, unsigned int wait_ms,
		struct target *target);

/* Open a device or file by its path alone.  Block devices are opened for direct I/O. */
int target_open(const char *path, bool writable, struct target *target);
void target_close(struct target *target);

/* The head, whatever it holds; the callers check it. */
int target_read_head(const struct target *target, struct image_head *head);

int target_flush(const struct target *target);

/* Seal, write and flush the head. */
int target_write_head(const struct target *target, struct image_head *head);

/*
 * May the target be given a new head?  An intact one, also of another version, that
 * holds nothing which could be resumed may be replaced; without a head the first MiB
 * has to be blank.
 */
int target_may_format(const struct target *target, const struct image_head *head);

#endif
