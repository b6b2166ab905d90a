// SPDX-License-Identifier: GPL-2.0-only
/* archive.c - the helper's initramfs with the session in it, in memory */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "carry-out.h"

/*
 * One entry of a "newc" archive (Documentation/driver-api/early-userspace/
 * buffer-format.rst): a header of 110 bytes and the name, then the contents,
 * each filled up to a multiple of 4.
 */
static void fill(FILE *f)
{
	while (ftell(f) % 4)
		putc(0, f);
}

static void entry(FILE *f, const char *name, unsigned int mode, const char *text)
{
	fprintf(f, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s%c",
		0, mode, 0, 0, 1, 0,
		(unsigned int)strlen(text), 0, 0, 0, 0, (unsigned int)strlen(name) + 1, 0, name, 0);
	fill(f);
	fputs(text, f);
	fill(f);
}

int archive_make(const char *base, const char *session)
{
	size_t len;
	char *data = sys_read_bytes(base, &len);
	FILE *f;
	int fd, ret;

	if (!data)
		return fail("read %s:", base);
	/* The kernel wants each archive at a multiple of 4; cpio fills up to 512. */
	if (len % 4) {
		free(data);
		return fail("%s: %zu bytes are no multiple of 4", base, len);
	}
	fd = memfd_create("khib-initramfs", MFD_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(dup(fd), "w");
	if (!f)
		return fail("make a file in memory:");
	fwrite(data, 1, len, f);
	free(data);
	entry(f, "etc", S_IFDIR | 0755, "");
	entry(f, "etc/khib", S_IFDIR | 0755, "");
	entry(f, "etc/khib/session", S_IFREG | 0600, session);
	entry(f, "TRAILER!!!", 0, "");
	ret = fflush(f) || ferror(f) ? fail("write a file in memory:") : fd;
	fclose(f);
	if (ret < 0)
		close(fd);
	return ret;
}
