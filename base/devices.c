// SPDX-License-Identifier: GPL-2.0-only
/* devices.c - go through /proc/partitions: "major minor blocks name" behind two lines of heading */
#include <stdio.h>
#include <string.h>

#include "devices.h"
#include "io.h"

struct looker {
	bool (*look)(const char *path, void *arg);
	void *arg;
};

static bool take(char *line, void *arg)
{
	const struct looker *l = arg;
	char path[DEVICE_NAME], *name = strrchr(line, ' ');

	if (!name || !name[1] || !strcmp(name + 1, "#blocks") || strlen(name + 1) >= 64)
		return false;
	snprintf(path, sizeof path, "/dev/%s", name + 1);
	return l->look(path, l->arg);
}

bool devices_look(bool (*look)(const char *path, void *arg), void *arg)
{
	struct looker l = { look, arg };

	return read_lines("/proc/partitions", take, &l) > 0;
}
