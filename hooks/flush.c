// SPDX-License-Identifier: GPL-2.0-only
/*
 * flush.c - write to the disks what waits in memory, without waiting for a dead server
 *
 * A child flushes, for sync(2) on a server that is gone has no end.  It counts
 * what it has done in memory that it shares with this process.  Where it hangs
 * it is left, and another child goes on behind that file system.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "child.h"
#include "flush.h"

#define MOUNTS 256u		/* the others are flushed by sync() alone */
#define ONE_MS 10000u
#define ALL_MS 30000u

struct mount {
	char device[24];	/* "8:1" */
	char *path;
};

/* In mountinfo a blank is \040, a newline \012. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s == '\\' && strspn(s + 1, "01234567") >= 3) {
			*to++ = (s[1] & 3) << 6 | (s[2] & 7) << 3 | (s[3] & 7);
			s += 3;
		} else {
			*to++ = *s;
		}
	*to = 0;
}

/* One path of each file system mounted here.  To look at an autofs would mount it. */
static unsigned int list(struct mount *mounts)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	unsigned int n = 0, i;
	char *line = NULL;
	size_t size = 0;

	while (f && n < MOUNTS && getline(&line, &size, f) > 0) {
		struct mount *m = &mounts[n];

		if (strstr(line, " - autofs ") ||
		    sscanf(line, "%*s %*s %23s %*s %ms", m->device, &m->path) != 2)
			continue;
		for (i = 0; i < n && strcmp(mounts[i].device, m->device); i++)
			;
		unescape(m->path);
		if (i == n)
			n++;
		else
			free(m->path);
	}
	free(line);
	if (f)
		fclose(f);
	return n;
}

static void flush_from(const struct mount *mounts, unsigned int n, volatile unsigned int *at)
{
	for (; *at < n; ++*at) {
		int fd = open(mounts[*at].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			continue;
		syncfs(fd);
		close(fd);
	}
	sync();		/* what is mounted elsewhere */
	_exit(0);
}

void flush_all(void)
{
	static struct mount mounts[MOUNTS];
	unsigned int n = list(mounts), was;
	volatile unsigned int *at = alloc_shared(sizeof *at);
	uint64_t began = now_ms();

	while (at && *at <= n && !stop_asked()) {
		pid_t pid = child_fork(-1);

		if (pid < 0)
			return;
		if (!pid)
			flush_from(mounts, n, at);
		do {
			was = *at;
			if (child_wait(pid, ONE_MS) != CHILD_RUNS)
				return;
		} while (*at != was && !stop_asked() && now_ms() - began < ALL_MS);
		child_end(pid);
		if (stop_asked())
			return;
		info("sync: %s did not end in %u s, going on",
		     was < n ? mounts[was].path : "the rest",
		     ONE_MS / 1000);
		if (now_ms() - began >= ALL_MS)
			return;
		++*at;
	}
}
