// SPDX-License-Identifier: GPL-2.0-only
/*
 * busy.c - before the helper's init: a task that cannot be frozen
 *
 * usage: as /init of a helper whose own init is /khib-init
 *
 * A child reads /dev/vdc again and again.  When the test lets QEMU hold
 * back these reads the child sleeps uninterruptibly, and each jump fails with
 * -EBUSY until the test lets them go.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096
#define STILL_MS 3000		/* a read that takes so long is held back */

static void say(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);

	if (fd >= 0 && write(fd, text, strlen(text)) > 0)
		close(fd);
}

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		say("<3>busy: cannot write a setting\n");
	close(fd);
}

static void read_again(int fd, volatile unsigned int *count)
{
	char *buf = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	while (pread(fd, buf, BLOCK, 0) == BLOCK) {
		++*count;
		usleep(10000);
	}
	_exit(1);
}

int main(void)
{
	static char *const argv[] = { "/init", NULL };
	volatile unsigned int *count = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int seen = 0, still = 0;
	int fd;

	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	set("/sys/power/pm_freeze_timeout", "2000");
	umount("/sys");
	while ((fd = open("/dev/vdc", O_RDONLY | O_DIRECT)) < 0)
		usleep(50000);
	if (fork() == 0)
		read_again(fd, count);
	say("<5>busy: reading\n");
	while (still < STILL_MS) {
		still = *count == seen ? still + 50 : 0;
		seen = *count;
		usleep(50000);
	}
	say("<5>busy: cannot be frozen\n");
	close(fd);
	umount2("/dev", MNT_DETACH);
	execv("/khib-init", argv);
	return 1;
}
