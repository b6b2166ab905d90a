// SPDX-License-Identifier: GPL-2.0-only
/*
 * workers.c - in place of base/workers.c: one worker, in this process
 *
 * A fork for each input would take more time than the input, and the fuzzer
 * does not see what a child covers.  The worker is a context of its own that
 * runs when its leader waits for it.
 */
#include <ucontext.h>

#include "../../base/workers.h"
#include "../../base/log.h"
#include "fuzz.h"

#define QUEUE 64u
#define STACK_BYTES (1u << 20)

struct queue {
	uint32_t numbers[QUEUE];
	unsigned int first, n;
};

static struct {
	ucontext_t leader, worker;
	char stack[STACK_BYTES];
	struct queue to, from;
	int (*work)(void *arg, struct worker_self *self);
	void *arg;
	bool dismissed, ended, told;
	int status;
} one;

static void push(struct queue *q, uint32_t number)
{
	must(q->n < QUEUE);
	q->numbers[(q->first + q->n++) % QUEUE] = number;
}

static bool pop(struct queue *q, uint32_t *number)
{
	if (!q->n)
		return false;
	*number = q->numbers[q->first++ % QUEUE];
	q->n--;
	return true;
}

static void be_worker(void)
{
	static struct worker_self self;

	one.status = one.work(one.arg, &self);
	one.ended = true;
	setcontext(&one.leader);
}

static void let_work(void)
{
	if (!one.ended)
		swapcontext(&one.leader, &one.worker);
}

int workers_start(struct workers *workers, int n, int (*work)(void *arg, struct worker_self *self),
		  void *arg)
{
	(void)n;
	*workers = (struct workers){ .n = 1 };
	one.to = one.from = (struct queue){ .n = 0 };
	one.work = work;
	one.arg = arg;
	one.dismissed = one.ended = one.told = false;
	getcontext(&one.worker);
	one.worker.uc_stack.ss_sp = one.stack;
	one.worker.uc_stack.ss_size = sizeof one.stack;
	makecontext(&one.worker, be_worker, 0);
	return 0;
}

int workers_tell(struct workers *workers, int worker, uint32_t number)
{
	(void)workers, (void)worker;
	push(&one.to, number);
	return 0;
}

enum worker_news workers_hear(struct workers *workers, bool wait, int *worker, uint32_t *number)
{
	*worker = 0;
	for (int tries = 0; tries < 2; tries++) {
		if (pop(&one.from, number))
			return WORKER_NUMBER;
		if (one.ended) {
			workers->status = one.told ? 0 : one.status;
			one.told = true;
			return workers->status ? WORKER_FAILED : WORKER_ENDED;
		}
		let_work();
	}
	must(!wait);	/* leader and worker would wait for each other */
	return WORKER_NOTHING;
}

void workers_dismiss(struct workers *workers)
{
	(void)workers;
	one.dismissed = true;
}

void workers_end(struct workers *workers)
{
	workers_dismiss(workers);
	one.to.n = 0;
	let_work();
	must(one.ended);
}

int workers_await(struct worker_self *self, uint32_t *number)
{
	(void)self;
	while (!one.to.n && !one.dismissed)
		swapcontext(&one.worker, &one.leader);
	return pop(&one.to, number);
}

int workers_report(struct worker_self *self, uint32_t number)
{
	(void)self;
	push(&one.from, number);
	return 0;
}

int workers_cpus(void)
{
	return 1;
}
