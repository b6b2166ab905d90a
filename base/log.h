/* SPDX-License-Identifier: GPL-2.0-only */
/* log.h - one line for each thing that happens, one for each failure */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "../image/refuse.h"	/* for all: ull, refuse() and why[WHY_SIZE] */

/*
 * Where lines go: with a program's name to standard error, which is how a
 * program starts; or to the kernel's log, in the helper.
 */
void log_to_stderr(const char *program);
void log_to_kmsg(void);

/* Keep lines, and show them to nobody: who asked will say the last failure in its place. */
void log_hush(bool hush);

/*
 * A format that ends in ':' gets the text of errno appended.  fail() returns
 * -1, so that "return fail(...)" is all a function has to say.
 *
 * Everywhere: a function that can fail returns 0, or -1 (NULL, if it returns a
 * pointer) after fail() has said why, once.  Pure code puts the reason into
 * why[WHY_SIZE] instead (image/refuse.h), and its caller says it.
 */
void info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Keep a failure that another process has said already, as fail() would. */
void log_adopt(const char *failure);

/* The lines said so far, the oldest dropped when they got too many; ends in NUL. */
const char *log_text(void);

/* The last line given to fail(), without prefix; "" if there was none. */
const char *log_last_failure(void);

#endif
