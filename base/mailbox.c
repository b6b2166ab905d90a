// SPDX-License-Identifier: GPL-2.0-only
/* mailbox.c - write into A's mailbox page, only if it is surely that */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "log.h"
#include "mailbox.h"

int mailbox_tell(uint64_t phys, const uint8_t cookie[16], const char *text)
{
	char page[MAILBOX_SIZE];
	size_t len = strlen(text);
	int fd, ret = -1;

	fd = open("/dev/oldmem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail("open /dev/oldmem:");
	if (read_full(fd, "mailbox", page, sizeof page, phys) < 0)
		goto out;
	if (memcmp(page, cookie, MAILBOX_TEXT)) {
		fail("mailbox at %#llx starts with %02x%02x..., its cookie with %02x%02x...: left "
		     "alone", (ull)phys, page[0] & 0xff, page[1] & 0xff, cookie[0], cookie[1]);
		goto out;
	}
	memset(page + MAILBOX_TEXT, 0, sizeof page - MAILBOX_TEXT);
	if (len > sizeof page - MAILBOX_TEXT - 1)
		len = sizeof page - MAILBOX_TEXT - 1;
	memcpy(page + MAILBOX_TEXT, text, len);
	ret = write_full(fd, "mailbox", page, sizeof page, phys);
out:
	close(fd);
	return ret;
}
