/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * workers.h - worker processes, since klibc has no threads
 *
 * A worker is a fork: it has a copy of everything, and shares with its leader
 * what alloc_shared() gave.  Leader and worker send each other numbers through
 * a pair of pipes; what a number means is theirs to know.  The end of a pipe
 * shows that a worker has ended, so one that dies is an error and not a hang.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WORKERS_MAX 8
#define WORKERS_FAILURE 256	/* bytes of a worker's last failure */

/* What a worker knows of itself. */
struct worker_self {
	int number;
	int in, out;
};

struct workers {
	int n;
	struct worker {
		pid_t pid;	/* 0: it has ended */
		int to, from;
	} worker[WORKERS_MAX];
	char (*failure)[WORKERS_FAILURE];	/* shared; what each said last */
	int status;		/* of the first worker that failed */
};

/*
 * Start n workers, at most WORKERS_MAX, or as many as the kernel can make: one at
 * least, or -1.  A worker exits with the result of work(arg, self): 0, or its own
 * status after fail().
 */
int workers_start(struct workers *workers, int n, int (*work)(void *arg, struct worker_self *self),
		  void *arg);

/* The leader's side. */
int workers_tell(struct workers *workers, int worker, uint32_t number);

enum worker_news { WORKER_FAILED = -1, WORKER_NOTHING, WORKER_NUMBER, WORKER_ENDED };

/*
 * The next number of any worker, waiting for it if wait; WORKER_ENDED when all have
 * ended well; WORKER_FAILED, said, with workers->status set, when one has not.
 */
enum worker_news workers_hear(struct workers *workers, bool wait, int *worker, uint32_t *number);

/* There is nothing more to tell: workers_await() returns 0 in the workers. */
void workers_dismiss(struct workers *workers);

/* Free everything; a worker that still runs is killed. */
void workers_end(struct workers *workers);

/* The worker's side: 1 and a number; 0: dismissed; -1: said. */
int workers_await(struct worker_self *self, uint32_t *number);
int workers_report(struct worker_self *self, uint32_t number);

/*
 * How many workers, and buffers for each, free memory allows: one worker for each CPU
 * with `want` buffers if there is room, 1 worker with 2 buffers at least.  besides:
 * bytes that others will use meanwhile.
 */
struct workers_plan {
	int workers;
	int buffers;		/* of each worker */
};

struct workers_plan workers_plan(size_t worker_bytes, size_t buffer_bytes, int want,
				 uint64_t besides);

/* KiB of free memory that the least of these plans needs. */
uint64_t workers_least_kib(size_t worker_bytes, size_t buffer_bytes);

#endif
