// SPDX-License-Identifier: GPL-2.0-only
/* device.c - find a block device by its path or by what it carries */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "device.h"

struct search {
	const struct target_spec *spec;
	bool (*carries)(int fd, const struct target_spec *spec);
	char *path;			/* of the device that was found */
};

/* An empty card reader cannot be read: it carries nothing. */
static bool look(const char *path, void *arg)
{
	struct search *s = arg;
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	bool found;

	if (fd < 0)
		return false;
	found = s->carries(fd, s->spec);
	close(fd);
	if (found)
		snprintf(s->path, TARGET_NAME, "%s", path);
	return found;
}

int device_find(const struct target_spec *spec,
		bool (*carries)(int fd, const struct target_spec *spec), char path[TARGET_NAME],
		char *why)
{
	struct search s = { spec, carries, path };
	char hex[33];

	if (!spec->has_id) {
		strcpy(path, spec->path);
		return access(path, F_OK) == 0 ? 0 : refuse(why, "%s: no such device", path);
	}
	if ((!*spec->path || !look(spec->path, &s)) && !devices_look(look, &s)) {
		id_format(spec->id, hex);
		return refuse(why, "with id %s%s%.100s: no block device carries it", hex,
			      *spec->path ? ", once " : "", spec->path);
	}
	if (*spec->path && strcmp(path, spec->path))
		info("target %s is %s here", spec->path, path);
	return 0;
}
