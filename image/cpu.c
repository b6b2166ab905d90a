// SPDX-License-Identifier: GPL-2.0-only
/* cpu.c - what the CPU offers, and the comparison with what an image needs */
#include <cpuid.h>
#include <string.h>

#include "cpu.h"
#include "refuse.h"

/* Bits that follow what the running kernel switched on, not what the CPU can do. */
#define OSXSAVE	(1u << 27)	/* leaf 1 ecx */
#define OSPKE	(1u << 4)	/* leaf 7 ecx */
#define APIC	(1u << 9)	/* leaf 1 edx */

static const char *const word_names[] = {
	"1:ecx", "1:edx", "7:ebx", "7:ecx", "7:edx", "7.1:eax", "d.1:eax", "80000001:ecx",
	"80000001:edx",
};
_Static_assert(sizeof word_names / sizeof *word_names ==
	       sizeof ((struct image_cpu *)0)->features / sizeof(uint32_t), "a name for each word");

void cpu_read(struct image_cpu *cpu)
{
	uint32_t *f = cpu->features, a, b, c, d, max;

	memset(cpu, 0, sizeof *cpu);
	__cpuid(0, max, b, c, d);
	memcpy(cpu->vendor, &b, 4);
	memcpy(cpu->vendor + 4, &d, 4);
	memcpy(cpu->vendor + 8, &c, 4);

	__cpuid(1, cpu->signature, b, c, d);
	f[CPU_1_ECX] = c & ~OSXSAVE;
	f[CPU_1_EDX] = d & ~APIC;
	if (max >= 7) {
		__cpuid_count(7, 0, a, b, c, d);
		f[CPU_7_EBX] = b;
		f[CPU_7_ECX] = c & ~OSPKE;
		f[CPU_7_EDX] = d;
		if (a >= 1) {
			__cpuid_count(7, 1, a, b, c, d);
			f[CPU_7_1_EAX] = a;
		}
	}
	if (max >= 0xd) {
		__cpuid_count(0xd, 1, a, b, c, d);
		f[CPU_D_1_EAX] = a;
	}
	__cpuid(0x80000000, max, b, c, d);
	if (max >= 0x80000001) {
		__cpuid(0x80000001, a, b, c, d);
		f[CPU_EXT_ECX] = c;
		f[CPU_EXT_EDX] = d;
	}
}

/* Intel SDM volume 2, CPUID, leaf 1 eax. */
struct cpu_name cpu_name(const struct image_cpu *cpu)
{
	uint32_t s = cpu->signature;
	struct cpu_name name = { .family = s >> 8 & 0xf, .model = s >> 4 & 0xf,
				.stepping = s & 0xf };

	if (name.family == 6 || name.family == 0xf)
		name.model += s >> 12 & 0xf0;
	if (name.family == 0xf)
		name.family += s >> 20 & 0xff;
	for (size_t i = 0; i < sizeof cpu->vendor; i++)
		name.vendor[i] = text_char(cpu->vendor[i]);
	return name;
}

int cpu_check(const struct image_cpu *image, const struct image_cpu *here, char *why)
{
	const struct cpu_name theirs = cpu_name(image), ours = cpu_name(here);

	if (memcmp(image->vendor, here->vendor, sizeof here->vendor))
		return refuse(why, "CPU vendor: image has %s, this machine %s", theirs.vendor,
			      ours.vendor);
	if (theirs.family != ours.family || theirs.model != ours.model)
		return refuse(why,
			      "CPU: image has family %u model %u, this machine family %u model %u",
			      theirs.family, theirs.model, ours.family, ours.model);
	for (size_t i = 0; i < sizeof word_names / sizeof *word_names; i++)
		if (image->features[i] & ~here->features[i])
			return refuse(why, "CPU features %s: image has %08x, this machine %08x",
				      word_names[i], image->features[i], here->features[i]);
	return 0;
}
