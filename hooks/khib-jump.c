// SPDX-License-Identifier: GPL-2.0-only
/*
 * khib-jump.c - what the kexec-hibernate command cannot do in sh: the mailbox and the jump
 *
 * usage: khib-jump WINDOW-START WINDOW-END COMMAND [ARGUMENT]...
 *
 * Makes a page that stays where it is, outside the window, runs COMMAND, which
 * loads the helper, with KHIB_MAILBOX (its physical address) and KHIB_COOKIE in
 * the environment, and jumps.  Back in this kernel it prints what was left in
 * the mailbox.  See base/mailbox.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/mailbox.h"
#include "../base/target.h"

/* Also in kexec-hibernate(8). */
enum { RESUMED = 0, REFUSED = 1, USAGE = 2, RETURNED = 3, UNKNOWN = 4 };

#define BLOCK (1u << 20)
#define MAX_BLOCKS 512u
#define SPARE_BLOCKS 16u
#define LOW_END 0x100000u		/* below it B has its trampolines */
#define PAGEMAP_PRESENT (1ull << 63)	/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PFN ((1ull << 55) - 1)

/* Physical address of the page at p, 0 and said if it has none. */
static uint64_t physical(const void *p)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		fail("open /proc/self/pagemap:");
		return 0;
	}
	if (read_full(fd, "/proc/self/pagemap", &entry, sizeof entry,
		      (uintptr_t)p / MAILBOX_SIZE * sizeof entry) < 0)
		entry = 0;
	else if (!(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_PFN))
		fail("/proc/self/pagemap: no page frame, entry is %#llx", (unsigned long long)entry);
	close(fd);
	return entry & PAGEMAP_PRESENT ? (entry & PAGEMAP_PFN) * MAILBOX_SIZE : 0;
}

/*
 * mlock() keeps a page from being swapped but not from being moved; a pipe that
 * refers to it does.  The pipe stays open as long as the process lives.
 */
static int pin(void *page)
{
	struct iovec iov = { page, MAILBOX_SIZE };
	int ends[2];

	if (mlock(page, MAILBOX_SIZE) < 0)
		return fail("lock the mailbox page:");
	if (pipe(ends) < 0 || vmsplice(ends[1], &iov, 1, 0) != (ssize_t)MAILBOX_SIZE)
		return fail("pin the mailbox page:");
	return 0;
}

/* A page of the block that is not exchanged by the jump, or NULL; *phys is 0 if one has no frame. */
static char *outside(char *block, uint64_t start, uint64_t end, uint64_t *phys)
{
	for (size_t i = 0; i < BLOCK; i += MAILBOX_SIZE) {
		*phys = physical(block + i);
		if (!*phys || (*phys >= LOW_END && (*phys < start || *phys >= end)))
			return *phys ? block + i : NULL;
	}
	return NULL;
}

/*
 * The allocator may hand out one page of the window after the other, for much
 * of it may be free: what it gave is kept until another one comes.
 */
static char *make_mailbox(uint64_t start, uint64_t end, uint64_t *phys)
{
	static char *blocks[MAX_BLOCKS];
	char *page = NULL;
	size_t n = 0, want = (end - start) / BLOCK + SPARE_BLOCKS;

	while (!page && n < want && n < MAX_BLOCKS) {
		blocks[n] = alloc_pages(BLOCK);
		if (!blocks[n])
			break;
		memset(blocks[n], 0xff, BLOCK);	/* so that its pages have frames of their own */
		page = outside(blocks[n], start, end, phys);
		if (!page && !*phys)
			break;
		n++;
	}
	if (page && (pin(page) < 0 || physical(page) != *phys))
		return NULL;
	if (!page)
		fail("mailbox: %zu MiB of pages in a row lie in the window %#llx-%#llx", n,
		     (unsigned long long)start, (unsigned long long)end);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < BLOCK; j += MAILBOX_SIZE)
			if (blocks[i] + j != page)
				munmap(blocks[i] + j, MAILBOX_SIZE);
	return page;
}

static int draw_cookie(char *page, uint64_t phys)
{
	char hex[33], address[32];
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open /dev/urandom:");
	memset(page, 0, MAILBOX_SIZE);
	if (read(fd, page, MAILBOX_TEXT) != (ssize_t)MAILBOX_TEXT) {
		close(fd);
		return fail("read /dev/urandom:");
	}
	close(fd);
	id_format((uint8_t *)page, hex);
	snprintf(address, sizeof address, "%#llx", (unsigned long long)phys);
	if (setenv("KHIB_MAILBOX", address, 1) < 0 || setenv("KHIB_COOKIE", hex, 1) < 0)
		return fail("set the environment:");
	return 0;
}

static int run(char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return fail("fork:");
	if (!pid) {
		execv(argv[0], argv);
		fail("run %s:", argv[0]);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return fail("wait for %s:", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return -1;	/* it has said why */
	return 0;
}

/* The mailbox was written by another kernel: it ends where the page ends. */
static int report(char *page, int jump_errno)
{
	char *text = page + MAILBOX_TEXT;

	page[MAILBOX_SIZE - 1] = 0;
	if (*text) {
		fputs(text, stdout);
		return strncmp(text, "outcome resumed\n", 16) ? RETURNED : RESUMED;
	}
	if (jump_errno) {
		errno = jump_errno;
		fail("jump to the helper:");
		return REFUSED;
	}
	fail("jumped and came back, and the mailbox is empty: what happened is not known");
	return UNKNOWN;
}

/*
 * What was read to load the helper is in the page cache, 5 MB that the image
 * would have and nobody would miss.  Where that fails they are saved.
 */
static void forget_files(void)
{
	static const char *const names[] = { "helper", "helper.cpio", "kexec" };
	const char *lib = getenv("KHIB_LIB");
	char path[256];

	for (size_t i = 0; lib && i < sizeof names / sizeof *names; i++) {
		int fd;

		snprintf(path, sizeof path, "%s/%s", lib, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}

static bool address(const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 0);
	return *text && !*end && *value % MAILBOX_SIZE == 0;
}

int main(int argc, char **argv)
{
	uint64_t start, end, phys;
	char *page;
	int err;

	log_to_stderr("khib-jump");
	if (argc < 4 || !address(argv[1], &start) || !address(argv[2], &end) || start >= end) {
		fail("usage: khib-jump WINDOW-START WINDOW-END COMMAND [ARGUMENT]...");
		return USAGE;
	}
	page = make_mailbox(start, end, &phys);
	if (!page || draw_cookie(page, phys) < 0 || run(argv + 3) < 0)
		return REFUSED;
	if (physical(page) != phys) {
		fail("mailbox page moved from %#llx", (unsigned long long)phys);
		return REFUSED;
	}
	forget_files();
	sync();
	err = reboot(LINUX_REBOOT_CMD_KEXEC) < 0 ? errno : 0;
	return report(page, err);
}
