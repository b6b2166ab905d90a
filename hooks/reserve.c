// SPDX-License-Identifier: GPL-2.0-only
/*
 * reserve.c - memory that the kernel keeps back, lent to the jump
 *
 * The kernel keeps back a reserve, 22 MiB of 1 GiB.  Without it caches would be
 * evicted while the helper is loaded and jumped to, and a system that is full
 * has none.  Each CPU keeps free pages on lists of its own, as much again,
 * which neither other CPUs nor the saver see; they shrink with the next pages
 * that are freed.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "reserve.h"

static struct knob {
	const char *path, *lent;	/* the value while it is lent */
	bool only_down;			/* a smaller value stays */
	char kept[32];			/* what it was; "": it was not changed */
} knobs[] = {
	{ .path = "/proc/sys/vm/min_free_kbytes", .lent = "1024", .only_down = true },
	/* As large as it gets; since Linux 5.14. */
	{ .path = "/proc/sys/vm/percpu_pagelist_high_fraction", .lent = "1000000" },
};
#define KNOBS (sizeof knobs / sizeof *knobs)

static int set(const struct knob *k, const char *value)
{
	int fd = open(k->path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		ret = fail("write %s:", k->path);
	if (fd >= 0)
		close(fd);
	return ret;
}

int reserve_lower(void)
{
	for (size_t i = 0; i < KNOBS; i++) {
		struct knob *k = &knobs[i];
		char now[sizeof k->kept];

		if (access(k->path, F_OK) < 0)
			continue;
		if (read_text(k->path, now, sizeof now) < 0)
			return -1;
		if (k->only_down && atol(now) <= atol(k->lent))
			continue;
		strcpy(k->kept, now);
		if (set(k, k->lent) < 0)
			return -1;
	}
	return 0;
}

int reserve_restore(void)
{
	int ret = 0;

	for (size_t i = KNOBS; i-- > 0; knobs[i].kept[0] = 0)
		if (*knobs[i].kept && set(&knobs[i], knobs[i].kept) < 0)
			ret = -1;
	return ret;
}
