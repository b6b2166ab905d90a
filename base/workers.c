// SPDX-License-Identifier: GPL-2.0-only
/* workers.c - start, hear and end worker processes */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "log.h"
#include "machine.h"
#include "workers.h"

#define FAILURE_BYTES (WORKERS_MAX * WORKERS_FAILURE)
#define RESERVE_KIB	(10u * 1024)	/* for page tables, the kernel, and what stays free */
#define LEAST_KIB	(2u * 1024)	/* the same, for one worker and no more */
#define BUDGET_KIB	(32u * 1024)	/* more brings nothing */

static void __attribute__((noreturn))
be_worker(struct workers *workers, int number, struct worker_self *self,
	  int (*work)(void *arg, struct worker_self *self), void *arg)
{
	int status;

	/* The leader's ends of the pipes up to here: one that stays open would hide an EOF. */
	for (int i = 0; i <= number; i++) {
		close(workers->worker[i].to);
		close(workers->worker[i].from);
	}
	status = work(arg, self);
	if (status)
		snprintf(workers->failure[number], WORKERS_FAILURE, "%s", log_last_failure());
	_exit(status);
}

/* 0, or -1 and errno; nothing is said. */
static int start_one(struct workers *workers, int (*work)(void *arg, struct worker_self *self),
		     void *arg)
{
	struct worker *w = &workers->worker[workers->n];
	struct worker_self self = { .number = workers->n };
	int to[2], from[2];

	if (pipe(to) < 0)
		return -1;
	if (pipe(from) < 0) {
		close(to[0]);
		close(to[1]);
		return -1;
	}
	*w = (struct worker){ .to = to[1], .from = from[0] };
	self.in = to[0];
	self.out = from[1];
	w->pid = fork();
	if (w->pid == 0)
		be_worker(workers, workers->n, &self, work, arg);
	close(self.in);
	close(self.out);
	if (w->pid < 0) {
		close(w->to);
		close(w->from);
		return -1;
	}
	workers->n++;
	return 0;
}

int workers_start(struct workers *workers, int n, int (*work)(void *arg, struct worker_self *self),
		  void *arg)
{
	*workers = (struct workers){ .failure = alloc_shared(FAILURE_BYTES) };
	if (!workers->failure)
		return -1;
	/* A worker that is gone shows in what it is to be told: no reason to die of it. */
	signal(SIGPIPE, SIG_IGN);
	while (workers->n < n && workers->n < WORKERS_MAX)
		if (start_one(workers, work, arg) < 0)
			break;
	if (workers->n == n || workers->n == WORKERS_MAX)
		return 0;
	if (workers->n) {
		info("workers: %d of %d started, then:", workers->n, n);
		return 0;
	}
	fail("start a worker:");
	workers_end(workers);
	return -1;
}

int workers_tell(struct workers *workers, int worker, uint32_t number)
{
	/* Of a worker that is gone workers_hear() says more. */
	if (write(workers->worker[worker].to, &number, sizeof number) != (ssize_t)sizeof number &&
	    errno != EPIPE)
		return fail("write to worker %d:", worker);
	return 0;
}

/* The worker's pipe has ended.  0 if it ended well. */
static int ended(struct workers *workers, int i)
{
	struct worker *w = &workers->worker[i];
	int status;

	while (waitpid(w->pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail("wait for worker %d:", i);
	w->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	workers->status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	workers->failure[i][WORKERS_FAILURE - 1] = 0;
	if (WIFSIGNALED(status))
		return fail("worker %d was killed by signal %d", i, WTERMSIG(status));
	if (!workers->failure[i][0])
		return fail("worker %d ended with status %d", i, workers->status);
	log_adopt(workers->failure[i]);	/* it has said it, to all but this process */
	return -1;
}

enum worker_news workers_hear(struct workers *workers, bool wait, int *worker, uint32_t *number)
{
	struct pollfd fds[WORKERS_MAX];
	int who[WORKERS_MAX], n, ready;
	ssize_t got;

	for (;;) {
		n = 0;
		for (int i = 0; i < workers->n; i++)
			if (workers->worker[i].pid) {
				who[n] = i;
				fds[n++] = (struct pollfd){ .fd = workers->worker[i].from,
							   .events = POLLIN };
			}
		if (!n)
			return WORKER_ENDED;
		ready = poll(fds, n, wait ? -1 : 0);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return fail("poll the workers:");
		if (!ready)
			return WORKER_NOTHING;
		for (int i = 0; i < n; i++) {
			if (!fds[i].revents)
				continue;
			/* Numbers are shorter than PIPE_BUF: whole or not at all. */
			got = read(fds[i].fd, number, sizeof *number);
			if (got == (ssize_t)sizeof *number) {
				*worker = who[i];
				return WORKER_NUMBER;
			}
			if (got < 0 && errno == EINTR)
				continue;
			if (got < 0)
				return fail("read from worker %d:", who[i]);
			if (ended(workers, who[i]) < 0)
				return WORKER_FAILED;
		}
	}
}

void workers_dismiss(struct workers *workers)
{
	for (int i = 0; i < workers->n; i++) {
		if (workers->worker[i].to >= 0)
			close(workers->worker[i].to);
		workers->worker[i].to = -1;
	}
}

void workers_end(struct workers *workers)
{
	workers_dismiss(workers);
	for (int i = 0; i < workers->n; i++) {
		struct worker *w = &workers->worker[i];

		close(w->from);
		if (!w->pid)
			continue;
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free_pages(workers->failure, FAILURE_BYTES);
	*workers = (struct workers){ 0 };
}

int workers_await(struct worker_self *self, uint32_t *number)
{
	ssize_t got;

	while ((got = read(self->in, number, sizeof *number)) < 0 && errno == EINTR)
		;
	if (got < 0)
		return fail("worker %d: read:", self->number);
	return got == (ssize_t)sizeof *number;
}

int workers_report(struct worker_self *self, uint32_t number)
{
	if (write(self->out, &number, sizeof number) != (ssize_t)sizeof number)
		return fail("worker %d: write:", self->number);
	return 0;
}

static int cpus(void)
{
	unsigned long mask[16] = { 0 };	/* 1024 CPUs */
	int n = 0;

	if (sched_getaffinity(0, sizeof mask, (void *)mask) < 0)
		return 1;
	for (size_t i = 0; i < sizeof mask / sizeof *mask; i++)
		n += __builtin_popcountl(mask[i]);
	return n ? n : 1;
}

uint64_t workers_least_kib(size_t worker_bytes, size_t buffer_bytes)
{
	return LEAST_KIB + (worker_bytes + 2 * buffer_bytes) / 1024;
}

struct workers_plan workers_plan(size_t worker_bytes, size_t buffer_bytes, int want,
				 uint64_t besides)
{
	struct workers_plan plan = { cpus(), want };
	uint64_t kib = memfree_kib(), keep = RESERVE_KIB + besides / 1024, room;

	if (plan.workers > WORKERS_MAX)
		plan.workers = WORKERS_MAX;
	kib = kib > keep ? kib - keep : 0;
	room = (kib < BUDGET_KIB ? kib : BUDGET_KIB) * 1024;
	while (plan.workers > 1 && room / plan.workers < worker_bytes + 2 * buffer_bytes)
		plan.workers--;
	while (plan.buffers > 2 && room / plan.workers < worker_bytes + plan.buffers * buffer_bytes)
		plan.buffers--;
	return plan;
}
