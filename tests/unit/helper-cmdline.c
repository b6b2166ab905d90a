// SPDX-License-Identifier: GPL-2.0-only
/* helper-cmdline.c - the parameters that a helper is started with */
#include "../../base/helper-cmdline.h"
#include "unit.h"

#define ALWAYS "loglevel=6 printk.devkmsg=on panic=10 nr_cpus=8 nvme.io_queue_depth=64 " \
	"nvme.max_host_mem_size_mb=0 virtio_blk.queue_depth=64"

static struct helper_cmdline sample(void)
{
	return (struct helper_cmdline){
		.window = { 0x4000000, 0x8000000 }, .paging_levels = 4, .own = "", .extra = "",
	};
}

static void assert_line(struct helper_cmdline want, const char *expected)
{
	char text[HELPER_CMDLINE_SIZE], why[WHY_SIZE];

	assert_passes(helper_cmdline(&want, text, why), why);
	assert_string_equal(text, expected);
}

static void each_fact_has_its_parameter(void **state)
{
	struct helper_cmdline want = sample();

	(void)state;
	assert_line(want, ALWAYS " no5lvl");
	want.no_ata = true;
	assert_line(want, ALWAYS " no5lvl initcall_blacklist=ahci_pci_driver_init,piix_init");
	want.paging_levels = 5;
	want.no_ata = false;
	assert_line(want, ALWAYS);
	want.extra = "acpi=off x";
	assert_line(want, ALWAYS " acpi=off x");
	want.extra = "";
	want.memmap = true;
	assert_line(want,
		    "memmap=0x3f61000%0x9f000-1+2 memmap=0xffffff8000000%0x8000000-1+2 " ALWAYS);
}

static void consoles_are_handed_on(void **state)
{
	struct helper_cmdline want = sample();

	(void)state;
	want.paging_levels = 5;
	want.own = "root=/dev/vda console=tty0  xconsole=1 console=ttyS0,115200 -- console=x\n";
	assert_line(want, ALWAYS " console=tty0 console=ttyS0,115200");
	want.own = "console=\"ttyS0 quiet\" console=tty1\n";
	assert_line(want, ALWAYS " console=tty1");
}

static void too_long_and_unprintable_are_refused(void **state)
{
	char text[HELPER_CMDLINE_SIZE], why[WHY_SIZE], more[HELPER_CMDLINE_SIZE];
	struct helper_cmdline want = sample();

	(void)state;
	want.paging_levels = 5;
	for (size_t fit = HELPER_CMDLINE_SIZE - strlen(ALWAYS) - 2, len = fit; len <= fit + 1;
	     len++) {
		memset(more, 'x', len);
		more[len] = 0;
		want.extra = more;
		if (len == fit)
			assert_passes(helper_cmdline(&want, text, why), why);
		else
			assert_refused(helper_cmdline(&want, text, why), why,
				       "the helper's kernel parameters have more than 1535 bytes");
	}
	want.extra = "a\tb";
	assert_refused(helper_cmdline(&want, text, why), why,
		       "the helper's command line has byte 0x9 at %zu", strlen(ALWAYS) + 2);
}

static void processors_by_the_window(void **state)
{
	static const int wanted[][2] = {
		{ 0, 2 }, { 32, 2 }, { 40, 3 }, { 48, 4 }, { 64, 8 }, { 80, 8 }, { 128, 8 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_int_equal(helper_cpus((uint64_t)wanted[i][0] << 20), wanted[i][1]);
}

int helper_cmdline_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fact_has_its_parameter),
		cmocka_unit_test(consoles_are_handed_on),
		cmocka_unit_test(too_long_and_unprintable_are_refused),
		cmocka_unit_test(processors_by_the_window),
	};

	return cmocka_run_group_tests_name("helper's parameters", tests, NULL, NULL);
}
