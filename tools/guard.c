// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - khimage guard: a device as the session names it, and its fingerprint */
#include <stdio.h>

#include "../base/guard.h"
#include "../base/target.h"
#include "../image/fsprobe.h"
#include "khimage.h"

int guard_command(int argc, char **argv)
{
	struct image_guard g;
	char id[33], uuid[GUARD_UUID_TEXT];

	if (argc != 1)
		return USAGE;
	if (guard_read(argv[0], &g) < 0)
		return FAILED;
	id_format(g.uuid, id);
	guard_uuid_text(&g, uuid);
	printf("guard %s %s %s %llu\nfingerprint %016llx\n", argv[0], guard_type_name(g.type), id,
	       (unsigned long long)g.size, (unsigned long long)g.digest);
	if (*uuid)
		printf("uuid %s\n", uuid);
	return OK;
}
