/* SPDX-License-Identifier: GPL-2.0-only */
/* progress.h - percent, rate and time left, for the person in front of the machine */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

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

#endif
