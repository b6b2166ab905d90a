/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fsprobe.h - what is on a block device, and which of its bytes tell that it was written
 *
 * Not a list of all that a file system holds: the bytes that every kernel
 * changes when it mounts it and may write.  docs/image-format.md, section 9.
 */
#ifndef IMAGE_FSPROBE_H
#define IMAGE_FSPROBE_H

#include <stdbool.h>

#include "format.h"

#define FSPROBE_START	0x11000u	/* bytes that fsprobe() wants of the start of a device */
#define FSPROBE_RANGES	150		/* more than all types together have */
#define FSPROBE_SECTOR	512u		/* of the log of xfs, whatever the device's are */
#define FSPROBE_LOG_PART 65536u		/* of that log, before and behind its head */

struct fsprobe {
	enum guard_type type;
	uint8_t uuid[16];				/* or what else it is known by */
	int nranges;
	struct ram_range ranges[FSPROBE_RANGES];	/* bytes of the device, within its size */
	uint64_t log_start, log_end;			/* of xfs, whole sectors; 0, 0: none */
};

/* start: its first FSPROBE_START bytes, zeroes behind its end.  Not recognised: GUARD_OTHER. */
void fsprobe(const uint8_t *start, uint64_t size, struct fsprobe *p);

/*
 * The cycle number in a sector of the log of xfs.  The log's head, where the next record
 * goes, is the first sector with another one than sector 0; what counts is around it.
 */
uint32_t fsprobe_log_cycle(const uint8_t sector[FSPROBE_SECTOR]);
void fsprobe_log_head(struct fsprobe *p, uint64_t head);

const char *guard_type_name(uint32_t type);
uint32_t guard_type_by_name(const char *name);	/* 0: unknown */

/* "1234-ABCD", "01234567-89ab-...": as the file system's tools show it; "" if it has none. */
#define GUARD_UUID_TEXT 37
void guard_uuid_text(const struct image_guard *g, char text[GUARD_UUID_TEXT]);

#endif
