// SPDX-License-Identifier: GPL-2.0-only
/* jump.c - the context preserving kexec jump */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "io.h"
#include "jump.h"
#include "log.h"

#define ENTRY_FILE "/sys/kernel/kexec_jump_back_entry"
#define JUMP_TRIES 5u
#define JUMP_PAUSE_MS 2000u

/* In klibc's libc.a, in none of its headers. */
long kexec_load(unsigned long entry, unsigned long nr_segments,
		struct kexec_segment *segments, unsigned long flags);

int jump_entry_read(uint64_t *entry)
{
	char text[32], *end;

	if (read_text(ENTRY_FILE, text, sizeof text) < 0)
		return -1;
	*entry = strtoull(text, &end, 16);
	if (*end != '\n')
		return fail("%s: '%.20s' is no address", ENTRY_FILE, text);
	return 0;
}

int jump_entry_write(uint64_t entry)
{
	char text[32];
	int n = snprintf(text, sizeof text, "0x%llx\n", (ull)entry);
	int fd = open(ENTRY_FILE, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return fail("open %s:", ENTRY_FILE);
	if (write(fd, text, n) != n)
		ret = fail("write %s:", ENTRY_FILE);
	close(fd);
	return ret;
}

int jump_load(uint64_t entry)
{
	struct kexec_segment none;	/* a list without segments would mean: unload */

	memset(&none, 0, sizeof none);
	if (kexec_load(entry, 1, &none, KEXEC_PRESERVE_CONTEXT) < 0)
		return fail("load the jump to %#llx:", (ull)entry);
	return 0;
}

int jump(void)
{
	for (unsigned int i = 1; i <= JUMP_TRIES; i++) {
		/* 0: the other kernel has run and jumped here once more; it is sent on its way. */
		while (reboot(LINUX_REBOOT_CMD_KEXEC, NULL) == 0)
			;
		fail("jump, try %u of %u:", i, JUMP_TRIES);
		if (i < JUMP_TRIES)
			usleep(JUMP_PAUSE_MS * 1000);
	}
	return -1;
}
