/* SPDX-License-Identifier: GPL-2.0-only */
/* abandon.h - the person in front of the machine wants B to give up and go back to A */
#ifndef BASE_ABANDON_H
#define BASE_ABANDON_H

#include <stdbool.h>

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
