// SPDX-License-Identifier: GPL-2.0-only
/* archive.c - the helper's initramfs with the session in it, in memory */
#include <fcntl.h>
#include <stdio.h>
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

static int copy(FILE *to, const char *name)
{
	static char buf[65536];
	FILE *from = fopen(name, "re");
	long size;
	size_t n;

	if (!from)
		return fail("open %s:", name);
	while ((n = fread(buf, 1, sizeof buf, from)))
		fwrite(buf, 1, n, to);
	size = ferror(from) ? -1 : ftell(to);
	fclose(from);
	if (size < 0)
		return fail("read %s:", name);
	/* The kernel wants each archive at a multiple of 4; cpio fills up to 512. */
	return size % 4 ? fail("%s: %ld bytes are no multiple of 4", name, size) : 0;
}

int archive_make(const char *base, const char *session)
{
	int fd = memfd_create("khib-initramfs", MFD_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(dup(fd), "w");
	int ret;

	if (!f)
		return fail("make a file in memory:");
	ret = copy(f, base);
	entry(f, "etc", S_IFDIR | 0755, "");
	entry(f, "etc/khib", S_IFDIR | 0755, "");
	entry(f, "etc/khib/session", S_IFREG | 0600, session);
	entry(f, "TRAILER!!!", 0, "");
	if ((fflush(f) || ferror(f)) && !ret)
		ret = fail("write a file in memory:");
	fclose(f);
	if (!ret)
		return fd;
	close(fd);
	return -1;
}
