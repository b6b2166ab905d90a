// SPDX-License-Identifier: GPL-2.0-only
/* cpu.c - what the CPU offers, and the comparison with what an image needs */
#include <cpuid.h>
#include <string.h>

#include "cpu.h"
#include "refuse.h"
#include "text.h"

/* Bits that follow what the running kernel switched on, not what the CPU can do. */
#define OSXSAVE	(1u << 27)	/* leaf 1 ecx */
#define OSPKE	(1u << 4)	/* leaf 7 ecx */
#define APIC	(1u << 9)	/* leaf 1 edx */

static const char *const word_names[] = {
	"1:ecx", "1:edx", "7:ebx", "7:ecx", "7:edx", "7.1:eax", "d.1:eax", "80000001:ecx", "80000001:edx",
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

/* Family and model as the manuals count them, with the extended fields added in. */
static unsigned int family(uint32_t signature)
{
	unsigned int f = signature >> 8 & 0xf;

	return f == 0xf ? f + (signature >> 20 & 0xff) : f;
}

static unsigned int model(uint32_t signature)
{
	return (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);
}

static const char *printable(const char vendor[12], char text[13])
{
	for (int i = 0; i < 12; i++)
		text[i] = text_char(vendor[i]);
	text[12] = 0;
	return text;
}

int cpu_check(const struct image_cpu *image, const struct image_cpu *here, char *why)
{
	if (memcmp(image->vendor, here->vendor, sizeof here->vendor)) {
		char theirs[13], ours[13];

		return refuse(why, "CPU vendor: image has %s, this machine %s",
			      printable(image->vendor, theirs), printable(here->vendor, ours));
	}
	if (family(image->signature) != family(here->signature) ||
	    model(image->signature) != model(here->signature))
		return refuse(why, "CPU: image has family %u model %u, this machine family %u model %u",
			      family(image->signature), model(image->signature),
			      family(here->signature), model(here->signature));
	for (size_t i = 0; i < sizeof word_names / sizeof *word_names; i++)
		if (image->features[i] & ~here->features[i])
			return refuse(why, "CPU features %s: image has %08x, this machine %08x",
				      word_names[i], image->features[i], here->features[i]);
	return 0;
}
