/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - back in this system: say what happened, to the user and to the log */
#ifndef HOOKS_REPORT_H
#define HOOKS_REPORT_H

#include "plan-file.h"

/* Exit statuses of the command; 128 and a signal's number: it was interrupted. */
enum { RESUMED = 0, REFUSED = 1, USAGE = 2, RETURNED = 3, UNKNOWN = 4 };

/*
 * The text of the mailbox, ended by NUL, was written by another kernel.
 * Returns RESUMED, RETURNED, or UNKNOWN if it is empty.
 */
int outcome(const char *text);

/* Say what it tells, and after a resume, from the image of this session, how the save went. */
void report(const char *text, const struct plan *plan, const uint8_t session[16]);

#endif
