/* SPDX-License-Identifier: GPL-2.0-only */
/* head.h - the first block of an image, and the life of the image that it tells */
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
	struct ram_range window;	/* all memory of the running kernel above 1 MiB */
	struct ram_range low;
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

/* May a new image take its place?  Not if it is no image, damaged, or might be resumed. */
int head_replaceable(const struct image_head *head, char *why);

const char *state_name(uint32_t state);

/* Might an image in this state still be resumed by somebody? */
bool state_is_live(uint32_t state);

/* How often a resume that did not come to an end is tried again (docs/design.md section 4). */
#define HEAD_ATTEMPTS 2u

/*
 * The life of an image: every change of its state
 *
 *           state_write    state_arm       state_attempt      state_used
 *  empty ------------> writing -----> armed ---------> resuming -----> used
 *    ^                   |  ^           |              ^ |  ^           |
 *    +-------------------+  |           |              +-+  +-----------+
 *       state_emptied       |           v             again   state_jump_failed
 *                           +-------- failed <-----------+
 *                          state_write      state_failed
 *
 * state_write() takes any image that can no longer be resumed: empty, an
 * interrupted writing, used, failed, and resuming if all attempts are used up.
 * state_format() makes an empty head of anything; both keep nothing but the id.
 *
 * Nobody else assigns the state.  The functions change a head in memory that
 * head_check() accepted; base/ makes it durable.  If the diagram has no such arrow,
 * they return -1 and the head is as it was.  now: seconds since 1970; reason: any bytes.
 */
void state_format(struct image_head *head, const uint8_t target_id[16]);
int state_write(struct image_head *head, char *why);
int state_arm(struct image_head *head, char *why);	/* all else of the image is on the device */
int state_emptied(struct image_head *head, const char *reason, char *why);	/* B gives up */
int state_attempt(struct image_head *head, char *why);	/* counted before it begins */

/* C: memory is A's again and was checked; the jump is next, and never a second one. */
int state_used(struct image_head *head, uint64_t now, char *why);

/* C: the jump came back, so nothing of A has run.  Another attempt may be made if one is left. */
int state_jump_failed(struct image_head *head, char *why);

/*
 * Set an armed or resuming image aside: it is kept for inspection.  This works
 * for heads of other versions too (head_foreign()); they do not get the reason.
 */
int state_failed(struct image_head *head, const char *reason, uint64_t now, char *why);

#endif
