// SPDX-License-Identifier: GPL-2.0-only
/* workers.c - workers that work, that fail, and that die */
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "../../base/workers.h"
#include "../../image/codec.h"
#include "../../image/format.h"
#include "../../base/io.h"
#include "fakes.h"

enum order { ANSWER, FAIL, FAIL_SILENTLY, DIE, LINGER, LEAVE };

static struct workers workers;

/* Answers each number with its square, until the number is an order. */
static int square(void *arg, struct worker_self *self)
{
	enum order last = *(enum order *)arg;
	uint32_t n;
	int got;

	while ((got = workers_await(self, &n)) > 0) {
		if (!n)
			break;
		if (workers_report(self, n * n) < 0)
			return 9;
	}
	if (got > 0 && last == FAIL)
		(fail)("the worker's own reason");
	if (got > 0 && last == DIE)
		kill(getpid(), SIGKILL);
	if (got > 0 && last == LINGER)
		sleep(1000);
	return got > 0 && last != LEAVE ? 3 : 0;
}

static int workers_begin(void **state)
{
	(void)state;
	quiet = true;
	return 0;
}

static int workers_teardown(void **state)
{
	(void)state;
	workers_end(&workers);
	forks_left = INT_MAX;
	quiet = false;
	return 0;
}

static void start(int n, enum order last)
{
	static enum order order;

	order = last;
	assert_int_equal(workers_start(&workers, n, square, &order), 0);
	assert_int_equal(workers.n, n < WORKERS_MAX ? n : WORKERS_MAX);
}

static void test_numbers(void **state)
{
	uint64_t sum = 0;
	uint32_t n;
	int who;

	(void)state;
	start(WORKERS_MAX + 1, ANSWER);
	assert_int_equal(workers_hear(&workers, false, &who, &n), WORKER_NOTHING);
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(workers_tell(&workers, i % WORKERS_MAX, i + 1), 0);
	for (uint32_t i = 0; i < 100; i++) {
		assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_NUMBER);
		assert_in_range(who, 0, WORKERS_MAX - 1);
		sum += n;
	}
	assert_int_equal(sum, 338350);
	workers_dismiss(&workers);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_ENDED);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_ENDED);
}

/*
 * One of three gets the number that ends it; it must not take more than the others' lives to
 * notice.
 */
static void assert_failure(enum order last, int status, const char *text)
{
	uint32_t n;
	int who;

	start(3, last);
	assert_int_equal(workers_tell(&workers, 1, 5), 0);
	assert_int_equal(workers_tell(&workers, 1, 0), 0);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_NUMBER);
	assert_int_equal(who, 1);
	assert_int_equal(n, 25);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_FAILED);
	assert_int_equal(workers.status, status);
	assert_last_failure(text);
	/* What is told to one that is gone is no failure of its own. */
	assert_int_equal(workers_tell(&workers, 1, 7), 0);
	workers_end(&workers);
}

static void test_failures(void **state)
{
	(void)state;
	assert_failure(FAIL, 3, "the worker's own reason");
	forget_failure();
	assert_failure(DIE, 1, "worker 1 was killed by signal 9");
}

static void test_silent_failure(void **state)
{
	(void)state;
	log_adopt("");	/* a worker inherits what was said last */
	assert_failure(FAIL_SILENTLY, 3, "worker 1 ended with status 3");
}

/* A worker that leaves early and well is not missed; one that does not leave is killed. */
static void test_ends(void **state)
{
	uint32_t n;
	int who;

	(void)state;
	start(2, LEAVE);
	assert_int_equal(workers_tell(&workers, 0, 0), 0);
	assert_int_equal(workers_tell(&workers, 1, 0), 0);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_ENDED);
	workers_end(&workers);
	start(2, LINGER);
	assert_int_equal(workers_tell(&workers, 0, 0), 0);
	workers_end(&workers);
	assert_int_equal(workers.n, 0);
}

/* A kernel in a small window cannot always make as many processes as were planned. */
static void test_no_forks(void **state)
{
	enum order order = ANSWER;
	uint32_t n;
	int who;

	(void)state;
	forks_left = 2;
	assert_int_equal(workers_start(&workers, 4, square, &order), 0);
	assert_int_equal(workers.n, 2);
	assert_non_null(strstr(log_text(),
			       "workers: 2 of 4 started, then: Resource temporarily unavailable"));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(workers_tell(&workers, i, 4), 0);
		assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_NUMBER);
		assert_int_equal(n, 16);
	}
	workers_dismiss(&workers);
	assert_int_equal(workers_hear(&workers, true, &who, &n), WORKER_ENDED);
	workers_end(&workers);
	assert_fails(workers_start(&workers, 4, square, &order),
		     "start a worker: Resource temporarily unavailable");
	assert_int_equal(workers.n, 0);
}

static void test_plan(void **state)
{
	struct chunk_buffers b;

	(void)state;
	assert_int_equal(chunk_buffers_begin(&b, CODEC_NONE, 1 << 20, 0), 0);
	assert_in_range(b.workers, 1, WORKERS_MAX);
	assert_in_range(b.each, 2, CHUNK_BUFFERS);
	chunk_buffers_end(&b);
	/* No machine has room for this: one worker and two buffers there are always. */
	assert_int_equal(chunk_buffers_begin(&b, CODEC_LZ4, 1ull << 40, 0), 0);
	assert_int_equal(b.workers, 1);
	assert_int_equal(b.each, 2);
	chunk_buffers_end(&b);
	/* Nor if others need all there is. */
	assert_int_equal(chunk_buffers_begin(&b, CODEC_NONE, 1 << 20, 1ull << 50), 0);
	assert_int_equal(b.workers, 1);
	assert_int_equal(b.each, 2);
	chunk_buffers_end(&b);
	assert_int_equal(chunk_buffers_least_kib(CODEC_NONE, 1 << 20),
			 3 * 1024 + 2 * IMAGE_CHUNK_BYTES / 1024);
}

int workers_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, workers_begin, workers_teardown),
		cmocka_unit_test_setup_teardown(test_failures, workers_begin, workers_teardown),
		cmocka_unit_test_setup_teardown(test_silent_failure, workers_begin,
						workers_teardown),
		cmocka_unit_test_setup_teardown(test_ends, workers_begin, workers_teardown),
		cmocka_unit_test_setup_teardown(test_no_forks, workers_begin, workers_teardown),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
