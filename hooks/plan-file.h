/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan-file.h - what khib-plan tells khib-jump: DIR/plan
 *
 * Text, one "key value" a line:
 *	window START END	physical addresses in hex; the helper's memory is [START, END)
 *	cmdline TEXT		the helper's kernel parameters, but for those that kexec adds
 *	target TARGET ID	repeated: the helper will try it; the id that its head has,
 *				or is to get if it has none
 *	all-target TARGET	repeated: every TARGET of the configuration
 *	boot-once TEXT		a command that makes the boot loader start the helper, once
 *	boot-once-undo TEXT	and one that takes it back
 *	uses HEX16		digest over what is mounted and swapped to: uses.h
 */
#ifndef HOOKS_PLAN_FILE_H
#define HOOKS_PLAN_FILE_H

#include <stddef.h>

#include "../base/target.h"

#define PLAN_SIZE 16384u	/* of the file, and of the session, at most */
#define PLAN_TARGETS 8

struct plan {
	uint64_t start, end;
	const char *cmdline;			/* texts are parts of the one that was parsed */
	struct target_spec targets[PLAN_TARGETS];	/* each with its id */
	int ntargets;
	struct target_spec all[PLAN_TARGETS];
	int nall;
	const char *boot_once, *boot_once_undo;	/* or NULL */
	const char *uses;
};

/* Parse text (changed).  0, or -1 and why[WHY_SIZE]. */
int plan_parse(char *text, struct plan *plan, char *why);

/*
 * The value of the first line "key value" above an empty line, "" if there is
 * none; cut to size, what cannot be printed is a question mark.  Returns out.
 */
const char *plan_value(const char *text, const char *key, char *out, size_t size);

#endif
