/* SPDX-License-Identifier: GPL-2.0-only */
/* cpu.h - whether this CPU can go on with what another one began */
#ifndef IMAGE_CPU_H
#define IMAGE_CPU_H

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

/*
 * Can code that was started on `image` go on on `here`?  Page tables apart.  0,
 * or -1 and why[WHY_SIZE].
 */
int cpu_check(const struct image_cpu *image, const struct image_cpu *here, char *why);

#endif
