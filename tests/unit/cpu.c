// SPDX-License-Identifier: GPL-2.0-only
/* cpu.c - a CPU that lacks something is refused by name, one that has more is not */
#include <cpuid.h>

#include "../../image/head.h"
#include "unit.h"

static const char *const names[] = {
	"1:ecx", "1:edx", "7:ebx", "7:ecx", "7:edx", "7.1:eax", "d.1:eax",
	"80000001:ecx", "80000001:edx",
};

static void test_read(void **state)
{
	struct image_cpu cpu, again;
	char vendor[12], why[WHY_SIZE];
	unsigned int max, b, c, d;

	(void)state;
	memset(&cpu, 0xff, sizeof cpu);
	cpu_read(&cpu);
	__cpuid(0, max, b, c, d);
	memcpy(vendor, (unsigned int[]){ b, d, c }, sizeof vendor);
	assert_memory_equal(cpu.vendor, vendor, sizeof vendor);
	assert_true(cpu.features[CPU_1_EDX] & 1u << 26);	/* SSE2: all of x86-64 has it */
	assert_true(cpu.features[CPU_EXT_EDX] & 1u << 29);	/* and long mode */
	/* Not what a kernel switched on. */
	assert_false(cpu.features[CPU_1_ECX] & 1u << 27);
	assert_false(cpu.features[CPU_1_EDX] & 1u << 9);
	c = 0;
	if (max >= 7)
		__cpuid_count(7, 0, max, b, c, d);
	assert_int_equal(cpu.features[CPU_7_ECX], c & ~(1u << 4));
	assert_int_equal(cpu.paging_levels, 0);

	cpu_read(&again);
	assert_passes(cpu_check(&cpu, &again, why), why);
}

static void test_vendor(void **state)
{
	struct image_cpu image = sample_machine().cpu, here = image;
	char why[WHY_SIZE];

	(void)state;
	memcpy(here.vendor, "AuthenticAMD", 12);
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU vendor: image has GenuineIntel, this machine AuthenticAMD");
	/* It is printed for people, on one line. */
	memcpy(image.vendor, "\0 ~\n\x1fx\x7f\x80\xff%s\t", 12);
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU vendor: image has ? ~??x???%%s?, this machine AuthenticAMD");
	assert_refused(cpu_check(&here, &image, why), why,
		       "CPU vendor: image has AuthenticAMD, this machine ? ~??x???%%s?");
}

static void test_model(void **state)
{
	struct image_cpu image = sample_machine().cpu, here = image;
	char why[WHY_SIZE];

	(void)state;
	here.signature ^= 0x0000000f;	/* another stepping */
	assert_passes(cpu_check(&image, &here, why), why);
	here.signature = 0x000906fa;	/* the model's low digit */
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU: image has family 6 model 158, this machine family 6 model 159");
	here.signature = 0x000806ea;	/* its high digit */
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU: image has family 6 model 158, this machine family 6 model 142");
	here.signature = 0x00a20f10;	/* the extended family */
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU: image has family 6 model 158, this machine family 25 model 33");
	image.signature = 0x00820f10;
	assert_refused(cpu_check(&image, &here, why), why,
		       "CPU: image has family 23 model 33, this machine family 25 model 33");
}

static void test_features(void **state)
{
	struct image_cpu image, here;
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(COUNT(names), COUNT(image.features));
	for (size_t i = 0; i < COUNT(names); i++)
		for (int bit = 0; bit < 32; bit++) {
			image = here = sample_machine().cpu;
			here.features[i] |= 1u << bit;
			assert_passes(cpu_check(&image, &here, why), why);
			image.features[i] |= 1u << bit;
			here.features[i] &= ~(1u << bit);
			assert_refused(cpu_check(&image, &here, why), why,
				       "CPU features %s: image has %08x, this machine %08x",
				       names[i], image.features[i], here.features[i]);
		}
}

/* Another kernel on the same CPU may have the right ones: head_fits_kernel() looks at them. */
static void test_paging_levels(void **state)
{
	struct image_cpu image = sample_machine().cpu, here = image;
	char why[WHY_SIZE];

	(void)state;
	here.paging_levels = 5;
	assert_passes(cpu_check(&image, &here, why), why);
	assert_passes(cpu_check(&here, &image, why), why);
}

int cpu_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_vendor),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_paging_levels),
	};

	return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
