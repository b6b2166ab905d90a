/* SPDX-License-Identifier: GPL-2.0-only */
/* console.h - for the person in front of the machine: progress, and a way to give up */
#ifndef BASE_CONSOLE_H
#define BASE_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

/* Percent, rate and time left. */
struct progress {
	const char *what;	/* "saving", "restoring" */
	uint64_t total;		/* bytes */
	uint64_t start;		/* ms */
	uint64_t shown;		/* ms, when last */
	unsigned int percent;	/* last shown */
	int tty;		/* one that redraws its line, or -1 */
	const char *hint;	/* what the screen says beside it, or NULL */
};

void progress_start(struct progress *p, const char *what, uint64_t total);
void progress_show(struct progress *p, uint64_t done);
void progress_end(struct progress *p, uint64_t done);	/* says the rate; total becomes done */

/*
 * From now on Esc, on the screen's keyboard or on a serial console, and
 * Ctrl-Alt-Del mean: give up.  A machine without a console is no failure.
 */
void abandon_watch(void);

/*
 * Did the user ask for it?  Costs a few system calls.  Stays true until abandon_end(),
 * and fail() has been told the first time.  Always false while nobody watches.
 */
bool abandoned(void);

/* Too late from now on: keys mean nothing again, and the terminals are as they were. */
void abandon_end(void);

#endif
