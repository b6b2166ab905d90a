/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * restore.h - from an image to the memory of the machine
 *
 * The order is the caller's, and each step has its own cost of failure
 * (docs/design.md section 3): image_open() and image_begin() leave the machine
 * as it was; from image_restore() on it holds a mix of two systems.
 */
#ifndef RESTORER_RESTORE_H
#define RESTORER_RESTORE_H

#include "../base/image.h"

/* Read every chunk and check it, and that each page of the RAM map comes once. */
int image_verify(struct image *img);

/* The same, and write all of it to /dev/oldmem, or compare it with memory there. */
int image_restore(struct image *img);
int image_compare(struct image *img);

/*
 * Are kib of free memory enough for a restore?  mixed: blocks (pagebits.h) of the RAM
 * map of which only some pages are free; tail_bytes: of a tail that is not in memory
 * yet.  0, or -1 and why[WHY_SIZE].
 */
int restore_fits(uint32_t codec, const struct ram_range *ram, size_t nram, uint64_t mixed,
		 uint64_t tail_bytes, unsigned int kib, char *why);

#endif
