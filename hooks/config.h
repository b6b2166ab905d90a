/* SPDX-License-Identifier: GPL-2.0-only */
/* config.h - /etc/kexec-hibernate.conf: docs/kexec-hibernate.conf.5.scd */
#ifndef HOOKS_CONFIG_H
#define HOOKS_CONFIG_H

#include "../base/session-keys.h"
#include "../image/target-spec.h"

struct config {
	struct {
		const char *text;	/* as it is configured */
		struct target_spec spec;
	} targets[SESSION_TARGETS];
	int ntargets;			/* at least one */
	const char *codec, *verify, *end;	/* as the session has them */
	const char *resume, *window_mib;
	const char *helper_parameters, *boot_once, *boot_once_undo;	/* "" without */
};

/*
 * Read the file.  Nothing in it is expanded or run.  0, or -1 and one line was
 * said with the file's name and the line's number.
 */
int config_read(const char *path, struct config *conf);

#endif
