// SPDX-License-Identifier: GPL-2.0-only
/*
 * flush.c - write to the disks what waits in memory, without waiting for a dead server
 *
 * A child flushes, for sync(2) on a server that is gone has no end.  It counts
 * what it has done in memory that it shares with this process.  Where it hangs
 * it is left, and another child goes on behind that file system.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/io.h"
#include "../base/log.h"
#include "carry-out.h"

#define ONE_MS 10000u
#define ALL_MS 30000u

/* To look at an autofs would mount what is behind it. */
static void flush_from(const struct uses *uses, volatile unsigned int *at)
{
	for (; *at < uses->n; ++*at) {
		const struct use *u = &uses->list[*at];
		int fd = -1;

		if (u->here && strcmp(u->mount.type, "autofs"))
			fd = open(u->mount.point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		syncfs(fd);
		close(fd);
	}
	sync();		/* what is mounted elsewhere */
	_exit(0);
}

void flush_all(const struct uses *uses)
{
	unsigned int was;
	volatile unsigned int *at = alloc_shared(sizeof *at);
	uint64_t began = now_ms();

	while (at && *at <= uses->n && !stop_asked()) {
		pid_t pid = child_fork(-1);

		if (pid < 0)
			return;
		if (!pid)
			flush_from(uses, at);
		do {
			was = *at;
			if (child_wait(pid, ONE_MS) != CHILD_RUNS)
				return;
		} while (*at != was && !stop_asked() && now_ms() - began < ALL_MS);
		child_end(pid);
		if (stop_asked())
			return;
		info("sync: %s did not end in %u s, going on",
		     was < uses->n ? uses->list[was].mount.point : "the rest", ONE_MS / 1000);
		if (now_ms() - began >= ALL_MS)
			return;
		++*at;
	}
}
