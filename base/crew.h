/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crew.h - worker processes, since klibc has no threads
 *
 * A worker is a fork: it has a copy of everything, and shares with its leader
 * what alloc_shared() gave.  Leader and worker send each other numbers through
 * a pair of pipes; what a number means is theirs to know.  The end of a pipe
 * shows that a worker has ended, so one that dies is an error and not a hang.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CREW_MAX 8
#define CREW_FAILURE 256	/* bytes of a worker's last failure */

/* What a worker knows of itself. */
struct crew_self {
	int number;
	int in, out;
};

struct crew {
	int n;
	struct crew_worker {
		pid_t pid;	/* 0: it has ended */
		int to, from;
	} worker[CREW_MAX];
	char (*failure)[CREW_FAILURE];	/* shared; what each said last */
	int status;		/* of the first worker that failed */
};

/*
 * Start n workers, at most CREW_MAX.  Each calls work(arg, self) and ends with
 * what it returns: 0, or the status of a failure that it has said.  0, or -1 and
 * the failure has been said and no worker runs.
 */
int crew_start(struct crew *crew, int n, int (*work)(void *arg, struct crew_self *self), void *arg);

/* The leader's side.  -1: said. */
int crew_tell(struct crew *crew, int worker, uint32_t number);

enum crew_news { CREW_FAILED = -1, CREW_NOTHING, CREW_NUMBER, CREW_ENDED };

/*
 * The next number of any worker, waiting for it if wait; CREW_ENDED when all
 * workers have ended well; CREW_FAILED when one has not: its failure is said
 * then, and crew->status set.
 */
enum crew_news crew_hear(struct crew *crew, bool wait, int *worker, uint32_t *number);

/* There is nothing more to tell: crew_await() returns 0 in the workers. */
void crew_dismiss(struct crew *crew);

/* Free everything; a worker that still runs is killed. */
void crew_end(struct crew *crew);

/* The worker's side: 1 and a number; 0: dismissed; -1: said. */
int crew_await(struct crew_self *self, uint32_t *number);
int crew_report(struct crew_self *self, uint32_t number);

/*
 * How many workers, and buffers for each, the memory that is free allows: one
 * worker for each CPU and `want` buffers for each of them if there is room, 1
 * worker with 2 buffers at least.
 */
struct crew_plan {
	int workers;
	int buffers;		/* of each worker */
};

struct crew_plan crew_plan(size_t worker_bytes, size_t buffer_bytes, int want);

#endif
