/* SPDX-License-Identifier: GPL-2.0-only */
/* guards.h - which disks and partitions nobody may write while the system sleeps */
#ifndef HOOKS_GUARDS_H
#define HOOKS_GUARDS_H

#include "../image/format.h"
#include "devices.h"
#include "uses.h"

struct guarded {
	struct image_guard guard;	/* all but the name by guards_identify() */
	char dir[SYS_PATH];		/* in /sys */
	bool vital;			/* no system goes on without it */
	bool removable;			/* a person may pull it out, and it is not vital */
};

struct guards {
	struct guarded list[IMAGE_MAX_GUARDS];
	uint32_t n;
	const char **notes;		/* what is not guarded, or not wholly */
	size_t nnotes;
	size_t found;			/* how often a way led to a device */
};

/*
 * From what is used to the devices that the helper will see.  What cannot be
 * protected is refused by name.  0, or -1 and said.
 */
int guards_find(const struct uses *uses, struct guards *g);

/*
 * Look at the devices themselves: type, uuid, size, and whether the helper has
 * the drivers for them: device_has_drivers().  0, or -1 and said.
 */
int guards_identify(struct guards *g, const char *drivers);

#endif
