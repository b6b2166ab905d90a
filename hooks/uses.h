/* SPDX-License-Identifier: GPL-2.0-only */
/* uses.h - what is mounted, in all mount namespaces, and what is swapped to */
#ifndef HOOKS_USES_H
#define HOOKS_USES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum use_kind {
	USE_MEMORY,	/* on no disk: proc, tmpfs, a FUSE server's */
	USE_DISK,	/* on the block device with its number */
	USE_SOURCE,	/* on disks, and only source says on which: btrfs */
	USE_NETWORK,	/* on another machine, or the host of this one */
	USE_LAYERS,	/* on directories of other file systems: overlay */
	USE_UNKNOWN,
};

/* One line of mountinfo: proc(5).  A swap area has the type "swap". */
struct mount {
	dev_t number;		/* without a major one: a number of the file system's own */
	const char *root, *point, *source, *options;	/* options of the file system */
	char type[32];		/* "ext4"; "fuse" without its subtype */
};

/* A file system, once for all its mounts, of which it has one. */
struct use {
	struct mount mount;
	enum use_kind kind;
	bool here;		/* it is mounted in this namespace */
	bool root;		/* and it is / there */
	bool vital;		/* it is / or /usr somewhere, or is swapped to */
};

struct uses {
	struct use *list;	/* by number */
	size_t n;
};

/*
 * Read them from /proc, each mount namespace once.  What could not be read is a
 * failure, for it may be mounted on a disk.  0, or -1 and the failure has been said.
 */
int uses_read(struct uses *uses);

/* Over all that may be on a disk: has anything been mounted, unmounted, swapped to since? */
uint64_t uses_digest(const struct uses *uses);

/* Take a line (changed) apart.  false if it is none. */
bool mountinfo_parse(char *line, struct mount *m);

#endif
