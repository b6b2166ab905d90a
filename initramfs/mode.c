// SPDX-License-Identifier: GPL-2.0-only
/* mode.c - parse the kernel command line */
#include <string.h>

#include "../image/refuse.h"
#include "mode.h"

int mode_parse(char *cmdline, struct request *req, char *why)
{
	int ret = 0;
	bool named = false;
	char *word, *rest = cmdline;

	memset(req, 0, sizeof *req);
	while ((word = strsep(&rest, " \t\n"))) {
		struct target_spec spec;

		if (!strcmp(word, "khib.save")) {
			req->mode = MODE_SAVE;
		} else if (!strcmp(word, "khib.counted")) {
			req->counted = true;
		} else if (!strcmp(word, "khib.shell")) {
			req->shell = true;
		} else if (!strncmp(word, "khib.resume=", 12)) {
			named = true;
			if (target_parse(word + 12, &spec, why) < 0) {
				ret = -1;
				continue;
			}
			req->mode = MODE_RESUME;
			req->target = spec;
		} else if (!strncmp(word, "khib.id=", 8)) {
			/* khib.resume= resets the target: an id before it would get lost. */
			if (!named) {
				ret = refuse(why, "khib.id=%.60s: no khib.resume= before it",
					     word + 8);
				continue;
			}
			if (!id_parse(word + 8, req->target.id)) {
				ret = refuse(why, "khib.id=%.60s: an id has 32 hex digits",
					     word + 8);
				continue;
			}
			req->target.has_id = true;
		} else if (!strncmp(word, "khib.", 5)) {
			ret = refuse(why, "%.60s: unknown parameter", word);
		}
	}
	return ret;
}
