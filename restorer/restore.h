/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * restore.h - from an image to the memory of the machine
 *
 * The order of a resume, in which each step has its own cost of failure (docs/design.md
 * section 3):
 *
 *	1. checks of machine, kernel and A's devices; image_open() has checked head and tail
 *	2. the attempt is counted, durably: a power cut from here on leads to another one
 *	3. point of no return: A's memory is written, each chunk checked before
 *	4. the jump is loaded
 *	5. the image is marked as used, durably: never a second jump
 *
 * Then the caller jumps.  If the jump comes back nothing of A has run:
 * image_jump_failed().
 */
#ifndef RESTORER_RESTORE_H
#define RESTORER_RESTORE_H

#include "../targets/image.h"

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

enum resumed {
	RESUME_READY,		/* memory is A's: jump */
	RESUME_REFUSED,		/* nothing is touched: an ordinary boot may follow */
	RESUME_BROKEN,		/* memory is a mix of two systems: reboot */
};

/*
 * Take an opened image through all steps.  Without load, only the jump's address is
 * left in this kernel, for another loader.  Unless RESUME_READY the failure has been
 * said, and img->verdict tells what becomes of the image: image_resume_failed().
 */
enum resumed resume(struct image *img, bool load);

#endif
