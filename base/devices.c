// SPDX-License-Identifier: GPL-2.0-only
/* devices.c - go through /proc/partitions: "major minor blocks name" behind two lines of heading */
#include <stdio.h>
#include <string.h>

#include "devices.h"
#include "io.h"

bool devices_look(bool (*look)(const char *path, void *arg), void *arg)
{
	static char text[16384];
	char path[DEVICE_NAME], *line = text;

	if (read_text("/proc/partitions", text, sizeof text) < 0)
		return false;
	while (line && *line) {
		char *next = strchr(line, '\n'), *name;

		if (next)
			*next++ = 0;
		name = strrchr(line, ' ');
		if (name && name[1] && strcmp(name + 1, "#blocks") && strlen(name + 1) < 64) {
			snprintf(path, sizeof path, "/dev/%s", name + 1);
			if (look(path, arg))
				return true;
		}
		line = next;
	}
	return false;
}
