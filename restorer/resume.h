/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resume.h - the order of a resume
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
#ifndef RESTORER_RESUME_H
#define RESTORER_RESUME_H

#include "../base/image.h"

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
