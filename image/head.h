/* SPDX-License-Identifier: GPL-2.0-only */
/* head.h - the first block of an image */
#ifndef IMAGE_HEAD_H
#define IMAGE_HEAD_H

#include <stdbool.h>

#include "format.h"

/* What a machine, or a kernel in it, must have in common with an image. */
struct machine {
	uint32_t arch;
	struct image_cpu cpu;
	uint64_t ram_digest;
	uint64_t ram_bytes;
	uint64_t window_start;	/* all memory of the running kernel above 1 MiB */
	uint64_t window_end;
	uint64_t low_start;
	uint64_t low_end;
};

bool head_has_magic(const void *block);		/* may this be an image at all? */

/*
 * Last: sets the checksum, and in a head that is new (without magic) magic and
 * version.  A head of another version keeps that.
 */
void head_seal(struct image_head *head);

/*
 * Is this an intact head of another version?  Then magic, version, state,
 * target_id and checksum stand where they stand in this one, and the states
 * have the same numbers, for ever; no other field may be looked at.
 */
bool head_foreign(const struct image_head *head);

/* Is the head whole and does it make sense?  All states pass.  0, or -1 and why[WHY_SIZE]. */
int head_check(const struct image_head *head, char *why);

/*
 * The part of it that makes sense only where there is a whole image;
 * head_check() includes it for armed and resuming ones.
 */
int head_check_image(const struct image_head *head, char *why);

/*
 * May an image with this (checked) head be resumed now?  By its state only.
 * counted: the one who asks has been counted as an attempt already.
 */
int head_resumable(const struct image_head *head, bool counted, char *why);

/*
 * The same by what it needs of the machine (architecture, RAM map), and of the
 * kernel that restores it (CPU, window, low memory, page table levels): another
 * kernel on this machine may have that.  Of the CPU's features some are there
 * only once a kernel has loaded its microcode.
 */
int head_fits_machine(const struct image_head *head, const struct machine *here, char *why);
int head_fits_kernel(const struct image_head *head, const struct machine *here, char *why);

const char *state_name(uint32_t state);

/* How often a resume that did not come to an end is tried again (docs/design.md section 4). */
#define HEAD_ATTEMPTS 2u

#endif
