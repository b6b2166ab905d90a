/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guards.h - which disks and partitions nobody may write while the system sleeps:
 * those below what is mounted, in all mount namespaces, and what is swapped to
 */
#ifndef HOOKS_GUARDS_H
#define HOOKS_GUARDS_H

#include "../image/format.h"
#include "sys.h"

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

struct guarded {
	struct image_guard guard;	/* all but the name by guards_identify() */
	const char *dir;		/* in /sys */
	bool vital;			/* no system goes on without it */
	bool removable;			/* a person may pull it out, and it is not vital */
};

struct guards {
	struct guarded list[IMAGE_MAX_GUARDS];
	uint32_t n;
	const char **notes;		/* what is not guarded, or not wholly */
	size_t nnotes;
	size_t found;			/* how often a way led to a device */
	const char *md;			/* an array that is in use, or NULL */
};

/*
 * From what is used to the devices that the helper will see.  What cannot be
 * protected is refused by name.  0, or -1 and said.
 */
int guards_find(const struct uses *uses, struct guards *g);

/*
 * Of the chained path.  A's initramfs assembles arrays before it looks for the
 * image.  One that A has not marked clean is resynced at once unless it starts
 * read-only (md_run() in drivers/md/md.c), and its members are no longer what A
 * has left.  0, or -1 and said.
 */
int guards_check_md(const struct guards *g);

/*
 * Look at the devices themselves: type, uuid, size, and whether the helper has
 * the drivers for them: device_missing_driver().  0, or -1 and said.
 */
int guards_identify(struct guards *g, const char *drivers);

#endif
