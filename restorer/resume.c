// SPDX-License-Identifier: GPL-2.0-only
/* resume.c - from an image that was opened to the moment before the jump */
#include "../base/guard.h"
#include "../base/jump.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "restore.h"
#include "resume.h"

#define GUARD_WAIT_MS 10000u	/* once the target is there, the other disks are not far */

/* All that can be found out before memory is touched; what takes longest comes last. */
static int check(struct image *img)
{
	struct machine here;
	char why[WHY_SIZE];

	if (machine_read(&here) < 0)
		return -1;
	/* Out of memory later, this kernel would panic with a mix of two systems in memory. */
	if (restore_fits(img->head.codec, img->tail.ram, img->tail.tail->nram, 0, 0, memfree_kib(),
			 why) < 0)
		return image_unfit(img, TRY_AGAIN, why);
	if (head_fits_machine(&img->head, &here, why) < 0)
		return image_unfit(img, SET_ASIDE, why);
	/* A boot entry may have started the wrong kernel; the boot script has the right one. */
	if (head_fits_kernel(&img->head, &here, why) < 0)
		return image_unfit(img,
				   img->purpose == IMAGE_RESUME_COUNTED ? SET_ASIDE : TRY_AGAIN,
				   why);
	if (guards_check(img->tail.guards, img->tail.tail->nguards, GUARD_WAIT_MS) < 0) {
		img->verdict = SET_ASIDE;
		return -1;
	}
	return 0;
}

enum resumed resume(struct image *img, bool load)
{
	if (check(img) < 0 || image_begin(img) < 0)
		return RESUME_REFUSED;
	/*
	 * Point of no return: each write replaces a page of what was here
	 * before, and until all are written memory is a mix of two systems.
	 * After a failure only a reboot is safe, never a jump, and the image is
	 * tried again unless it is the image that is at fault.
	 */
	if (image_restore(img) < 0)
		return RESUME_BROKEN;
	if ((load ? jump_load(img->head.entry) : jump_entry_write(img->head.entry)) < 0)
		return RESUME_BROKEN;
	return image_mark_used(img) < 0 ? RESUME_BROKEN : RESUME_READY;
}
