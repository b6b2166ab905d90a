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

/* A worker for each CPU of this machine, at most WORKERS_MAX. */
int workers_cpus(void);

/*
 * The memory in which a leader and its workers pass on chunks (chunk-buffers.c).  Each
 * buffer has room for a chunk's head and payload, and a number below workers * each by
 * which leader and workers name it.
 */
#define CHUNK_BUFFERS 4		/* of each worker, if there is room */

struct chunk_buffers {
	uint32_t codec;
	size_t work;		/* bytes that the codec needs */
	int workers;
	int each;		/* buffers of each worker */
	uint8_t *bytes;		/* shared with processes that are forked later */
};

/*
 * A worker for each CPU with CHUNK_BUFFERS each if free memory allows that, one with 2
 * at least.  besides: bytes that the leader will use while the workers run.
 */
int chunk_buffers_begin(struct chunk_buffers *b, uint32_t codec, size_t work, uint64_t besides);
void chunk_buffers_end(struct chunk_buffers *b);

uint8_t *chunk_buffer(const struct chunk_buffers *b, uint32_t n);

/* KiB that one worker with two buffers takes, and the kernel meanwhile: the least. */
uint64_t chunk_buffers_least_kib(uint32_t codec, size_t work);

/* A worker's own; both NULL if the codec is CODEC_NONE. */
struct chunk_scratch {
	uint8_t *pages;		/* of a chunk, not packed */
	void *work;		/* the codec's, NULL if it needs none */
	size_t work_bytes;
};

int chunk_scratch_begin(struct chunk_scratch *s, const struct chunk_buffers *b);
void chunk_scratch_end(struct chunk_scratch *s);

#endif
