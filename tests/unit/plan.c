// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan.c - the configuration, the window, free pages, the next boot; and does B understand the
 * session?
 */
#include "../../hooks/plan.h"
#include "../../initramfs/session.h"
#include "fakes.h"
#include "machine-dir.h"

#define ID "00112233445566778899aabbccddeeff"

static void assert_config(const char *text, const char *failure)
{
	struct config conf;

	put_file("/etc/conf", "%s", text);
	if (failure)
		assert_fails(config_read("/etc/conf", &conf), "%s", failure);
	else
		assert_int_equal(config_read("/etc/conf", &conf), 0);
}

static void configurations(void **state)
{
	struct config conf;

	(void)state;
	assert_config("# x\n\nTARGET=part:/dev/a\nCODEC=zstd:3\nTARGET=part:ID=" ID
		      "\nWINDOW_MIB=128\nCODEC=lz4\n"
		      "HELPER_PARAMETERS=a=b c\nBOOT_ONCE=x $(y)\nEND=reboot",
		      NULL);
	assert_int_equal(config_read("/etc/conf", &conf), 0);
	assert_int_equal(conf.ntargets, 2);
	assert_string_equal(conf.targets[0].spec.path, "/dev/a");
	assert_string_equal(conf.targets[1].text, "part:ID=" ID);
	assert_true(conf.targets[1].spec.has_id);
	assert_string_equal(conf.codec, "lz4");
	assert_string_equal(conf.verify, "no");
	assert_string_equal(conf.end, "reboot");
	assert_string_equal(conf.helper_parameters, "a=b c");
	assert_string_equal(conf.boot_once, "x $(y)");
	assert_string_equal(conf.window_mib, "128");
	assert_config("", "/etc/conf: no TARGET=");
	assert_config("TARGET=part:/dev/a\n TARGET=x\n",
		      "/etc/conf:2: ' TARGET=x' is not KEY=VALUE");
	assert_config("\001\377\n", "/etc/conf:1: '\?\?' is not KEY=VALUE");
	assert_config("TARGTE=part:/dev/a\n", "/etc/conf:1: TARGTE: unknown key");
	assert_config("TARGET=part:$(x)\n",
		      "/etc/conf:1: TARGET=part:$(x) has characters that no target has");
	assert_config("TARGET=\n", "/etc/conf:1: TARGET= has characters that no target has");
	assert_config("TARGET=tape:/x\n",
		      "/etc/conf:1: target tape:/x: kind unknown, " KINDS_KNOWN);
	assert_config("TARGET=part:/vdc\n",
		      "/etc/conf:1: target part:/vdc: neither /dev/NAME nor ID=");
	assert_config(
		"CODEC=zstd:7\n",
		"/etc/conf:1: CODEC=zstd:7: known are none, auto, lz4, zstd, zstd:1 to zstd:6");
	assert_config("RESUME=\n", "/etc/conf:1: RESUME=: neither chained nor direct");
	assert_config("WINDOW_MIB=33\n",
		      "/etc/conf:1: WINDOW_MIB=33: known are 32 to 128 in steps of 16");
	assert_config("BOOT_ONCE=a\rb\n", "/etc/conf:1: BOOT_ONCE: byte 0xd");
	assert_config(
		"TARGET=part:/dev/1\nTARGET=part:/dev/2\nTARGET=part:/dev/3\n"
		"TARGET=part:/dev/4\nTARGET=part:/dev/5\n"
		"TARGET=part:/dev/6\nTARGET=part:/dev/7\nTARGET=part:/dev/8\nTARGET=part:/dev/9\n",
		"/etc/conf:9: TARGET=part:/dev/9: at most 8 are tried");
}

#define MIB(n) ((uint64_t)(n) << 20)

/*
 * 256 MiB of RAM but for a hole, a kernel somewhere, and reserved pages in some windows of 64 MiB.
 */
static void put_memory(unsigned int kernel_mib, unsigned int hole_mib,
		       const unsigned int *reserved_mib)
{
	static uint64_t flags[MIB(256) / IMAGE_BLOCK];
	FILE *f;

	put_file("/proc/iomem",
		 "00001000-0009efff : System RAM\n%08x-%08x : System RAM\n"
		 "%08x-0fffffff : System RAM\n"
		 "  %08x-%08x : Kernel code\n",
		 0x100000, (hole_mib << 20) - 1, (hole_mib + 1) << 20, kernel_mib << 20,
		 ((kernel_mib + 8) << 20) - 1);
	put_file("/sys/kernel/vmcoreinfo", "%x 1024\n", 1 << 20);
	memset(flags, 0, sizeof flags);
	for (; *reserved_mib; reserved_mib++)
		for (unsigned int i = 0; i < 512; i++)
			flags[MIB(*reserved_mib) / IMAGE_BLOCK + i] = 1ull << 32;
	f = fopen(sys_path("/proc/kpageflags"), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(flags, 1, sizeof flags, f), sizeof flags);
	fclose(f);
}

static void assert_window(unsigned int start_mib, const char *reason)
{
	static struct plan p = { .window_size = MIB(64) };

	assert_int_equal(choose_window(&p), 0);
	assert_int_equal(p.window.start, MIB(start_mib));
	assert_int_equal(p.window.end, MIB(start_mib + 64));
	assert_string_equal(p.window_reason, reason);
}

static void windows(void **state)
{
	static const unsigned int none[] = { 0 }, first[] = { 64, 0 }, all[] = { 112, 160, 0 };
	static struct plan p = { .window_size = MIB(128) };

	(void)state;
	put_memory(16, 200, none);
	assert_window(64, "");
	put_memory(72, 200, none);
	assert_window(80, "Kernel code at 0x4800000-0x4ffffff lies in the default window");
	put_memory(16, 100, none);
	assert_window(112, "0x4000000 is not all RAM");
	put_memory(16, 200, first);
	assert_window(80, "512 reserved pages lie in the default window");
	put_memory(16, 200, all);	/* then the first one, for nothing is lost by it */
	assert_window(64, "");
	put_memory(120, 200, none);
	assert_fails(choose_window(&p),
		     "no window of 128 MiB from 0x4000000 up: in each lies a part of this kernel");
	put_file("/proc/iomem",
		 "00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n");
	assert_fails(
		choose_window(&p),
		"/proc/iomem: '  00000000-00000000 : Kernel code' has no address: root is needed");
}

static void free_pages(void **state)
{
	static const struct {
		bool zero, poisoning;
		const char *cmdline;
		enum free_fill fill;
	} cases[] = {
		{ false, false, "quiet", FREE_LEAVE },
		{ true, false, "quiet", FREE_ZERO },
		{ false, true, "init-on-free=1 page_poison=no", FREE_ZERO },
		{ true, true, "init_on_free=off", FREE_LEAVE },
		{ true, true, "init_on_free=bogus", FREE_ZERO },
		{ true, true, "page-poison=on", FREE_POISON },
		{ true, false, "page_poison=on", FREE_ZERO },
		{ false, false, "-- init_on_free=1", FREE_LEAVE },
		{ false, false, "init_on_free=\"1\"\n", FREE_ZERO },
		{ false, false, "init_on_free=1 init_on_free=0", FREE_LEAVE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			free_fill_expected(cases[i].zero, cases[i].poisoning, cases[i].cmdline),
			cases[i].fill);
}

/* What a kernel is built with is read of one file, the other one may be missing. */
static void kernel_configurations(void **state)
{
	struct plan p = { .release = "6.1" };

	(void)state;
	put_file("/proc/cmdline", "quiet\n");
	free_pages_expected(&p);
	assert_string_equal(p.free_pages, "save");
	assert_string_equal(p.free_plan,
			    "saved, too: what this kernel expects of them cannot be told without "
			    "/proc/config.gz or /boot/config-6.1");
	put_file("/boot/config-6.1", "# no\nCONFIG_X=y\nCONFIG_INIT_ON_FREE_DEFAULT_ON=y\n");
	free_pages_expected(&p);
	assert_string_equal(p.free_pages, "zero");
	put_file("/proc/config.gz", "CONFIG_X=y\n# CONFIG_INIT_ON_FREE_DEFAULT_ON is not set\n");
	free_pages_expected(&p);
	assert_string_equal(p.free_pages, "leave");
}

static void put_boot(const char *fmt, const char *build)
{
	put_file("/run/khib/boot", fmt, IMAGE_VERSION, build);
}

static void next_boots(void **state)
{
	struct plan p = {
		.lib = "/lib",
		.conf = { .targets = { { "part:/dev/b" } }, .ntargets = 1, .resume = "chained" }
	};
	char hex[20];
	uint64_t build;

	(void)state;
	put_file("/lib/helper", "kernel");
	put_file("/lib/helper-net", "kernel with network");
	put_file("/lib/helper.cpio", "cpio");
	assert_int_equal(identity(&p, &build), 0);
	sprintf(hex, "%016llx", (unsigned long long)build);
	assert_fails(check_next_boot(&p),
		     "the next boot would not look for the image: this one's initramfs has no "
		     "boot script of kexec-hibernate");
	put_boot("format 1%u\nbuild %s\n", hex);
	assert_fails(check_next_boot(&p),
		     "this boot's initramfs has format 1%u of images, installed is %u: "
		     "run update-initramfs -u -k all, and boot once",
		     IMAGE_VERSION, IMAGE_VERSION);
	put_boot("format %u\nbuild f%s\n", hex + 1);
	if (hex[0] != 'f')
		assert_fails(check_next_boot(&p),
			     "this boot's initramfs has build f%s of the helper, installed is %s: "
			     "run update-initramfs -u -k all, and boot once",
			     hex + 1, hex);
	put_boot("format %u\nbuild %s\nseen part:/dev/bb\n", hex);
	assert_fails(check_next_boot(&p),
		     "part:/dev/b: this boot has not looked there for an image: run "
		     "update-initramfs -u -k all, and boot once");
	put_boot("format %u\nbuild %s\nmissing part:/dev/b\n", hex);
	assert_fails(check_next_boot(&p),
		     "part:/dev/b: this boot has not found it, the next one would pass the "
		     "image by: run update-initramfs -u -k all, and boot once");
	put_boot("format %u\nbuild %s\nseen part:/dev/b\n", hex);
	assert_int_equal(check_next_boot(&p), 0);

	put_file("/boot/initrd.img-6.1-x", "initramfs");	/* of a kernel that is gone */
	assert_int_equal(check_next_boot(&p), 0);
	put_file("/boot/vmlinuz-6.1-x", "kernel");
	assert_fails(check_next_boot(&p),
		     "/boot/initrd.img-6.1-x was made without the boot script of kexec-hibernate, "
		     "a boot with it would pass the image by: run update-initramfs -u -k all");
	put_file("/var/lib/kexec-hibernate/initramfs/6.1-x", "format %u\nbuild 1%s\n",
		 IMAGE_VERSION, hex);
	put_file("/boot/initrd.img-6.1-x", "initramfs");
	assert_fails(check_next_boot(&p),
		     "/boot/initrd.img-6.1-x has build 1%s of the helper, installed is %s: run "
		     "update-initramfs -u -k all",
		     hex, hex);
	put_file("/var/lib/kexec-hibernate/initramfs/6.1-x", "format %u\nbuild %s\n", IMAGE_VERSION,
		 hex);
	put_file("/boot/initrd.img-6.1-x", "initramfs");
	assert_int_equal(check_next_boot(&p), 0);
}

static void watchdogs(void **state)
{
	(void)state;
	assert_int_equal(check_watchdogs(), 0);
	put_file("/sys/class/watchdog/watchdog0/state", "inactive\n");
	put_file("/sys/class/watchdog/watchdog1/identity", "iTCO_wdt\n");
	assert_int_equal(check_watchdogs(), 0);
	put_file("/sys/class/watchdog/watchdog1/state", "active\n");
	assert_fails(check_watchdogs(),
		     "watchdog1 (iTCO_wdt) runs and would restart the machine: stop the watchdog "
		     "daemon, or set RuntimeWatchdogSec=off in systemd's system.conf");
}

static void the_session_is_understood(void **state)
{
	static struct plan p = {
		.conf = { .targets = { { "part:/dev/a" }, { "part:/dev/b" } },
			  .ntargets = 2,
			  .codec = "zstd:3",
			  .verify = "yes",
			  .end = "reboot",
			  .boot_once = "true",
			  .boot_once_undo = "" },
		.window = { 0x4000000, 0x8000000 },
		.no_ata = true,
		.net = { .mac = { 1, 2, 3, 4, 5, 6 }, .address = 0x0a000001, .prefix = 8 },
		.ram_pages = 1234,
		.release = "6.1-x",
		.id = { 9 },
		.targets = { { .text = "part:/dev/b", .place = "part:/dev/b",
			       .spec.id = { 1, 2 } } },
		.ntargets = 1,
		.free_pages = "poison",
		.direct = true,
		.cmdline = "quiet",
		.guards = { .n = 1,
			    .list = { { .guard = { .name = "/dev/sda1",
						   .type = GUARD_XFS,
						   .uuid = { 7 },
						   .size = 4096 } } } },
	};
	struct session s;
	static char large[SESSION_SIZE];
	uint8_t cookie[16] = { 5 };
	char *text, why[WHY_SIZE];

	(void)state;
	text = plan_session(&p, 0x12345000, cookie);
	assert_non_null(text);
	assert_passes(session_parse(text, &s, why), why);
	assert_int_equal(s.mailbox, 0x12345000);
	assert_memory_equal(s.cookie, cookie, 16);
	assert_memory_equal(s.id, p.id, 16);
	assert_int_equal(s.ntargets, 1);
	assert_string_equal(s.targets[0].path, "/dev/b");
	assert_memory_equal(s.targets[0].id, p.targets[0].spec.id, 16);
	assert_memory_equal(&s.window, &p.window, sizeof p.window);
	assert_memory_equal(&s.net, &p.net, sizeof p.net);
	assert_int_equal(s.codec_level, 3);
	assert_true(s.verify && !s.ata && s.leave_out_free);
	assert_false(s.power_off);
	assert_int_equal(s.ram_pages, 1234);
	assert_string_equal(s.release, "6.1-x");
	assert_int_equal(s.free_fill, FREE_POISON);
	assert_int_equal(s.nguards, 1);
	assert_memory_equal(&s.guards[0], &p.guards.list[0].guard, sizeof s.guards[0]);
	free(text);
	/* More than B takes. */
	memset(large, 'x', sizeof large - 1);
	p.conf.codec = large;
	assert_null(plan_session(&p, 0x12345000, cookie));
}

#define MACHINE_TEST(test) cmocka_unit_test_setup_teardown(test, machine_begin, machine_end)

int plan_tests(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(configurations),
		MACHINE_TEST(windows),
		MACHINE_TEST(free_pages),
		MACHINE_TEST(kernel_configurations),
		MACHINE_TEST(next_boots),
		MACHINE_TEST(watchdogs),
		MACHINE_TEST(the_session_is_understood),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
