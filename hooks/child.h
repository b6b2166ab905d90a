/* SPDX-License-Identifier: GPL-2.0-only */
/* child.h - interruptions, and children that are not waited for without end */
#ifndef HOOKS_CHILD_H
#define HOOKS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * From here on HUP, INT, QUIT and TERM end this process with status 128 + signal,
 * but for those that were ignored when it was started (nohup); no other signal
 * ends or stops it.
 */
void stops_end(void);

/* Behind stops_end(): these no longer end this process, they ask it to stop. */
void stops_hold(void);

/* The signal that asked to stop, or 0.  Once asked it stays asked. */
int stop_asked(void);

/*
 * Fork.  In the child: a process group of its own, signals as this process was
 * started with, no descriptor above 2 but keep, which becomes 3 (-1: none).
 * Returns as fork() does; -1 is said.
 */
pid_t child_fork(int keep);

/*
 * Wait for a child, ms at most.  Returns its wait status, or CHILD_RUNS if it
 * still runs: the time is over or a stop is asked.
 */
enum { CHILD_RUNS = -1 };
int child_wait(pid_t pid, unsigned int ms);

/* From here on a stop cuts no wait short: what is altered has to be put back. */
void stops_defer(void);

/* End a child and its process group: TERM, a second later KILL. */
void child_end(pid_t pid);

/*
 * Run a program, ms at most; name is for messages.  It goes first if memory
 * does not suffice.  0, or -1 and said; what was asked to stop is ended and says nothing.
 */
int child_run(const char *name, char *const *argv, int keep, unsigned int ms);

#endif
