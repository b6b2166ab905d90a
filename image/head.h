/* SPDX-License-Identifier: GPL-2.0-only */
/* head.h - the first block of an image */
#ifndef IMAGE_HEAD_H
#define IMAGE_HEAD_H

#include <stdbool.h>

#include "format.h"

/* Words of image_cpu.features, by cpuid leaf, subleaf and register (Intel SDM volume 2, CPUID). */
enum cpu_word {
	CPU_1_ECX, CPU_1_EDX, CPU_7_EBX, CPU_7_ECX, CPU_7_EDX,
	CPU_7_1_EAX, CPU_D_1_EAX, CPU_EXT_ECX, CPU_EXT_EDX,
};

/* Fill cpu with what the running CPU offers; paging_levels is left to the caller. */
void cpu_read(struct image_cpu *cpu);

/* As the manuals count them, with the extended fields added in; vendor is printable. */
struct cpu_name {
	char vendor[13];
	unsigned int family, model, stepping;
};
struct cpu_name cpu_name(const struct image_cpu *cpu);

/* Can code that was started on `image` go on on `here`?  Page tables apart. */
int cpu_check(const struct image_cpu *image, const struct image_cpu *here, char *why);

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

/* Last: sets the checksum, and in a head without magic this version. */
void head_seal(struct image_head *head);

/*
 * Is this an intact head of another version?  Then magic, version, state,
 * target_id and checksum stand where they stand in this one, and the states
 * have the same numbers, for ever; no other field may be looked at.
 */
bool head_foreign(const struct image_head *head);

/*
 * Is the head whole, and does it make sense?  All states pass.  Included for armed and
 * resuming ones: what makes sense only where there is a whole image.
 */
int head_check(const struct image_head *head, char *why);
int head_check_image(const struct image_head *head, char *why);

/* May it be resumed, by its state?  counted: the caller has counted itself as an attempt. */
int head_resumable(const struct image_head *head, bool counted, char *why);

/*
 * And by what it needs of the machine, and of the kernel that restores it: another one may
 * have that.  Some features of a CPU are there only once a kernel has loaded its microcode.
 */
int head_fits_machine(const struct image_head *head, const struct machine *here, char *why);
int head_fits_kernel(const struct image_head *head, const struct machine *here, char *why);

const char *state_name(uint32_t state);

/* How often a resume that did not come to an end is tried again (docs/design.md section 4). */
#define HEAD_ATTEMPTS 2u

#endif
