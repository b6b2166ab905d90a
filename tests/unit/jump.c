// SPDX-License-Identifier: GPL-2.0-only
/* jump.c - the parts of the carrying out: what comes back, the archive, children, heads */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../base/machine.h"
#include "../../hooks/carry-out.h"
#include "fakes.h"
#include "machine-dir.h"
#include "unit.h"

#define ID "00112233445566778899aabbccddeeff"

static void test_value(void **state)
{
	static const char text[] =
		"code 3\nmessage no \x1b[1mroom\nmessage other\ncod\n\nbytes 7\n";

	(void)state;
	assert_string_equal(mailbox_value(text, "code"), "3");
	assert_string_equal(mailbox_value(text, "message"), "no ?[1mroom");
	assert_string_equal(mailbox_value(text, "bytes"), "");	/* below the empty line */
	assert_string_equal(mailbox_value(text, "cod"), "");
	assert_string_equal(mailbox_value("", "code"), "");
	assert_string_equal(mailbox_value("code ", "code"), "");
}

static void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

/* Two archives one behind the other, each at a multiple of 4. */
static void test_archive(void **state)
{
	static const char session[] = "khib-session 1\nid " ID "\n";
	char name[] = "/dev/shm/khib-unit-XXXXXX", got[4096];
	ssize_t len;
	int fd;

	(void)state;
	close(mkstemp(name));
	write_file(name, "12345678", 8);
	fd = archive_make(name, session);
	assert_true(fd >= 0);
	len = pread(fd, got, sizeof got, 0);
	assert_true(len > 8 && len % 4 == 0);
	assert_memory_equal(got, "12345678070701", 14);
	assert_non_null(memmem(got, len, "etc/khib/session\0\0", 18));
	assert_non_null(memmem(got, len, session, sizeof session - 1));
	assert_memory_equal(got + len - 14, "TRAILER!!!\0\0\0\0", 14);
	close(fd);
	quiet = true;
	write_file(name, "123456789", 9);
	assert_int_equal(archive_make(name, session), -1);
	assert_non_null(strstr(log_last_failure(), ": 9 bytes are no multiple of 4"));
	unlink(name);
	assert_int_equal(archive_make(name, session), -1);
	quiet = false;
}

static int run(const char *script, unsigned int ms)
{
	char *argv[] = { "/bin/sh", "-c", (char *)script, NULL };

	return child_run("it", argv, -1, ms);
}

/* In a process of its own, for signals are held for good. */
static int children(void)
{
	uint64_t began = now_ms();

	stops_end();
	stops_hold();
	if (run("exit 0", 10000) || stop_asked())
		return 1;
	if (run("exit 3", 10000) != -1 || strcmp(log_last_failure(), "it: failed with status 3"))
		return 2;
	if (run("kill -9 $$", 10000) != -1 || strcmp(log_last_failure(), "it: ended by signal 9"))
		return 3;
	/* TERM is let in again in the child, and what it has started ends as well. */
	if (run("sleep 100; :", 1000) != -1 || strcmp(log_last_failure(), "it: did not end in 1 s"))
		return 4;
	if (run("trap '' TERM; while :; do sleep 1; done", 100) != -1)
		return 5;
	if (now_ms() - began > 30000)
		return 6;
	(fail)("nothing");
	kill(getpid(), SIGHUP);
	if (run("sleep 100; :", 100000) != -1 || strcmp(log_last_failure(), "nothing"))
		return 7;
	if (stop_asked() != SIGHUP || stop_asked() != SIGHUP || now_ms() - began > 60000)
		return 8;
	stops_defer();
	return run("sleep 0.3", 10000) ? 9 : 0;
}

static void test_children(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		quiet = true;
		_exit(children());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A signal that was ignored when the program was started asks for nothing. */
static void test_stops_ignored(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		signal(SIGHUP, SIG_IGN);
		stops_end();
		kill(getpid(), SIGHUP);
		stops_hold();
		kill(getpid(), SIGHUP);
		if (stop_asked())
			_exit(1);
		kill(getpid(), SIGTERM);
		_exit(stop_asked() == SIGTERM ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* While the plan is made a signal ends the program at once, but for a pipe that nobody reads. */
static void test_stops_end(void **state)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	int status;

	(void)state;
	for (size_t i = 0; i < COUNT(ending); i++) {
		pid_t pid = fork();

		if (!pid) {
			stops_end();
			kill(getpid(), SIGPIPE);
			kill(getpid(), ending[i]);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 128 + ending[i]);
	}
}

static struct image_head head_of(const char *name)
{
	struct image_head h;
	int fd = open(name, O_RDONLY);

	assert_int_equal(pread(fd, &h, sizeof h, 0), sizeof h);
	close(fd);
	return h;
}

static const char *resume_target(struct plan *plan, const struct image_head *head)
{
	static char name[40];

	strcpy(name, "/dev/shm/khib-unit-XXXXXX");
	close(mkstemp(name));
	write_file(name, head, sizeof *head);
	memset(plan, 0, sizeof *plan);
	plan->targets[0].spec.kind = plan->conf.targets[0].spec.kind = &target_part;
	strcpy(plan->targets[0].spec.path, name);
	strcpy(plan->conf.targets[0].spec.path, name);
	memcpy(plan->targets[0].spec.id, head->target_id, 16);
	plan->targets[0].spec.has_id = true;
	plan->ntargets = plan->conf.ntargets = 1;
	return name;
}

static void test_heads(void **state)
{
	struct image_head was[] = { { 0 }, sample_head(IMAGE_USED), sample_head(IMAGE_FAILED) },
			  now;
	struct plan plan;

	(void)state;
	for (size_t i = 0; i < COUNT(was); i++) {
		const char *name;
		char why[WHY_SIZE];

		if (i)
			head_seal(&was[i]);
		name = resume_target(&plan, &was[i]);
		plan.targets[0].spec.id[3] |= !i;	/* the blank one is to get this id */
		assert_int_equal(heads_make(&plan), 0);
		now = head_of(name);
		assert_passes(head_check(&now, why), why);
		assert_int_equal(now.state, i ? was[i].state : IMAGE_EMPTY);
		assert_memory_equal(now.target_id, plan.targets[0].spec.id, 16);
		heads_undo();
		now = head_of(name);
		assert_memory_equal(&now, &was[i], sizeof now);
		/* What the helper has written is left. */
		assert_int_equal(heads_make(&plan), 0);
		write_file(name, &was[1], sizeof was[1]);
		heads_undo();
		now = head_of(name);
		assert_memory_equal(&now, &was[1], sizeof now);
		unlink(name);
	}
}

static void heads_refuse(struct image_head h, uint8_t id, const char *message)
{
	struct plan plan;
	struct image_head now;
	const char *name;

	name = resume_target(&plan, &h);
	plan.targets[0].spec.id[0] ^= id;
	assert_int_equal(heads_make(&plan), -1);
	assert_non_null(strstr(log_last_failure(), message));
	now = head_of(name);
	assert_memory_equal(&now, &h, sizeof now);
	heads_undo();
	unlink(name);
}

static void test_heads_refuse(void **state)
{
	struct image_head used = sample_head(IMAGE_USED), armed = sample_head(IMAGE_ARMED);

	(void)state;
	quiet = true;
	head_seal(&used);
	head_seal(&armed);
	heads_refuse(used, 1, ": it has been written to since the checks");
	heads_refuse(armed, 0, ": holds an image that is armed");
	used.reason[0] ^= 1;
	heads_refuse(used, 0, "checksum");
	quiet = false;
}

static void test_heads_discard(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	struct plan plan;
	const char *name;

	(void)state;
	head_seal(&h);
	name = resume_target(&plan, &h);
	heads_discard(&plan.conf, 0);
	h = head_of(name);
	assert_int_equal(h.state, IMAGE_FAILED);
	assert_string_equal(h.reason, "the system went on without it");
	unlink(name);
}

int jump_tests(void)
{
	const struct CMUnitTest tests[] = {
		/* For texts that stay. */
		cmocka_unit_test_setup_teardown(test_value, machine_begin, machine_end),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_stops_ignored),
		cmocka_unit_test(test_stops_end),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_heads_refuse),
		cmocka_unit_test(test_heads_discard),
	};

	return cmocka_run_group_tests_name("jump", tests, NULL, NULL);
}
