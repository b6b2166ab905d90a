// SPDX-License-Identifier: GPL-2.0-only
/*
 * oldmem.c - pid 1 of a helper that tries what /dev/oldmem has to refuse
 *
 * It runs in the helper kernel, confined to window and low memory, on a machine
 * whose other RAM nobody uses.  The verdict goes to the start of /dev/vdb as
 * text, "ok" or what went wrong: the helper has no virtio-serial driver.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define WINDOW 0x4000000ul	/* kernel-patches/helper.config */
#define WINDOW_END 0x8000000ul
#define FREE_RAM 0x10000000ul	/* RAM of the machine, not of this kernel */
#define HOLE 0xfec00000ul	/* the IOAPIC: no RAM */

static char verdict[512] __attribute__((aligned(512)));
static char buf[16 * PAGE] __attribute__((aligned(PAGE)));
static int mem;

static void wrong(const char *fmt, ...)
{
	size_t len = strlen(verdict);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(verdict + len, sizeof verdict - len, fmt, ap);
	va_end(ap);
}

static void expect(const char *what, long got, long wanted)
{
	if (got != wanted)
		wrong("%s: %ld (%s), wanted %ld\n", what, got, strerror(errno), wanted);
}

static long try_read(unsigned long at, size_t n)
{
	long ret = pread(mem, buf, n, at);

	return ret < 0 ? -errno : ret;
}

static long try_write(unsigned long at, size_t n)
{
	long ret = pwrite(mem, buf, n, at);

	return ret < 0 ? -errno : ret;
}

static long try_map(unsigned long at, size_t n, int flags)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, flags, mem, at);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, n);
	return 0;
}

static void try_all(void)
{
	char *map;

	/* What it is for: write, read back, also at odd places, also through a mapping. */
	memset(buf, 0x5a, sizeof buf);
	expect("write free RAM", try_write(FREE_RAM + 100, 3 * PAGE), 3 * PAGE);
	memset(buf, 0, sizeof buf);
	expect("read free RAM", try_read(FREE_RAM + 100, 3 * PAGE), 3 * PAGE);
	if (buf[0] != 0x5a || buf[3 * PAGE - 1] != 0x5a)
		wrong("read free RAM: not what was written\n");
	map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, FREE_RAM);
	if (map == MAP_FAILED)
		wrong("map free RAM: %s\n", strerror(errno));
	else if (map[100] != 0x5a || map[100 + 3 * PAGE - 1] != 0x5a || map[99] == 0x5a)
		wrong("map free RAM: not what was written\n");

	/* This kernel's own memory. */
	expect("read the window", try_read(WINDOW, PAGE), -EPERM);
	expect("write the window", try_write(WINDOW + 5 * PAGE, PAGE), -EPERM);
	expect("map the window", try_map(WINDOW_END - PAGE, PAGE, MAP_SHARED), -EPERM);
	expect("write low memory", try_write(0x8000, PAGE), -EPERM);
	/* No RAM: registers, ROM, what lies beyond all memory, nonsense. */
	expect("read the IOAPIC", try_read(HOLE, PAGE), -EPERM);
	expect("write the IOAPIC", try_write(HOLE, 4), -EPERM);
	expect("map the IOAPIC", try_map(HOLE, PAGE, MAP_SHARED), -EPERM);
	expect("write ROM", try_write(0xf0000, PAGE), -EPERM);
	expect("write above all RAM", try_write(1ul << 45, PAGE), -EPERM);
	expect("write at the end of the offsets", try_write(INT64_MAX - PAGE + 1, PAGE - 1),
	       -EPERM);
	expect("map at the end of the offsets", try_map(INT64_MAX - 2 * PAGE + 1, PAGE, MAP_SHARED),
	       -EPERM);
	/*
	 * In the middle of a request: up to the window and no further; all or nothing when mapped.
	 */
	expect("write into the window", try_write(WINDOW - 2 * PAGE, 4 * PAGE), 2 * PAGE);
	expect("read into the window", try_read(WINDOW - PAGE - 1, 4 * PAGE), PAGE + 1);
	expect("map into the window", try_map(WINDOW - 2 * PAGE, 4 * PAGE, MAP_SHARED), -EPERM);
	expect("write out of the window", try_write(WINDOW_END - PAGE, 2 * PAGE), -EPERM);
	expect("private mapping", try_map(FREE_RAM, PAGE, MAP_PRIVATE), -EINVAL);
}

/* A child without CAP_SYS_RAWIO that owns the device by its mode must not open it. */
static void try_open_unprivileged(void)
{
	int status = 0;
	pid_t pid;

	chmod("/dev/oldmem", 0666);
	pid = fork();
	if (!pid) {
		setuid(1);
		_exit(open("/dev/oldmem", O_RDONLY) < 0 && errno == EPERM ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		wrong("open without CAP_SYS_RAWIO: not refused with EPERM, status %d\n", status);
}

int main(void)
{
	int disk;

	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mem = open("/dev/oldmem", O_RDWR);
	if (mem < 0) {
		wrong("open /dev/oldmem: %s\n", strerror(errno));
	} else {
		try_all();
		try_open_unprivileged();
	}
	if (!*verdict)
		strcpy(verdict, "ok\n");
	disk = open("/dev/vdb", O_WRONLY);
	if (disk < 0 || write(disk, verdict, sizeof verdict) != (ssize_t)sizeof verdict ||
	    fsync(disk) < 0)
		write(2, "no verdict\n", 11);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, NULL);
	for (;;)
		pause();
}
