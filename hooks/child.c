// SPDX-License-Identifier: GPL-2.0-only
/* child.c - interruptions, and children that are not waited for without end */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "carry-out.h"

static sigset_t stops, inherited;
static int stopped;
static bool deferred;

static void end_now(int sig)
{
	_exit(128 + sig);
}

void stops_end(void)
{
	static const int asking[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t others;

	sigemptyset(&stops);
	sigfillset(&others);
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
		struct sigaction now;

		if (sigaction(asking[i], NULL, &now) || now.sa_handler == SIG_IGN)
			continue;
		signal(asking[i], end_now);
		sigaddset(&stops, asking[i]);
		sigdelset(&others, asking[i]);
	}
	signal(SIGCHLD, SIG_DFL);	/* if it is ignored, nobody learns how a child ended */
	sigprocmask(SIG_SETMASK, &others, &inherited);
}

void stops_hold(void)
{
	sigprocmask(SIG_BLOCK, &stops, NULL);
}

int stop_asked(void)
{
	static const struct timespec none;
	int sig = stopped ? 0 : sigtimedwait(&stops, NULL, &none);

	if (sig > 0)
		stopped = sig;
	return stopped;
}

void stops_defer(void)
{
	deferred = true;
}

/*
 * In the child: a process group of its own, signals as this process was started
 * with, no descriptor above 2 but keep, which becomes 3 (-1: none).
 * Returns as fork() does; -1 is said.
 */
static pid_t child_fork(int keep)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork:");
	if (pid > 0)
		setpgid(pid, pid);	/* both do it: neither may be late */
	if (pid)
		return pid;
	setpgid(0, 0);
	if (keep >= 0 && keep != 3)
		dup2(keep, 3);
	else if (keep == 3)	/* this program was started without the standard ones */
		fcntl(3, F_SETFD, 0);
	close_range(keep < 0 ? 3 : 4, ~0u, 0);
	sigprocmask(SIG_SETMASK, &inherited, NULL);
	return 0;
}

/* Returns the wait status, or -1 if it still runs: the time is over, or cut short by a stop. */
static int child_wait(pid_t pid, unsigned int ms, bool cut_short)
{
	uint64_t end = now_ms() + ms;
	sigset_t wanted = stops;
	int status;

	sigaddset(&wanted, SIGCHLD);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		uint64_t now = now_ms(), left = now < end ? end - now : 0;
		struct timespec pause = { left / 1000, left % 1000 * 1000000 };
		int sig;

		if (!left || (stopped && cut_short))
			return -1;
		sig = sigtimedwait(&wanted, NULL, &pause);
		if (sig > 0 && sig != SIGCHLD)
			stopped = sig;
	}
	return status;
}

/* With its process group: TERM, a second later KILL. */
static void child_end(pid_t pid)
{
	kill(-pid, SIGTERM);
	if (child_wait(pid, 1000, false) < 0) {
		kill(-pid, SIGKILL);
		child_wait(pid, 5000, false);	/* a dead server may keep it for ever */
	}
}

int child_run(const char *name, char *const *argv, int keep, unsigned int ms)
{
	pid_t pid = child_fork(keep);
	int status;

	if (pid < 0)
		return -1;
	if (!pid) {
		if (sys_write("/proc/self/oom_score_adj", "1000") < 0)
			info("%s: write /proc/self/oom_score_adj:", name);
		execv(argv[0], argv);
		fail("run %s:", argv[0]);
		_exit(127);
	}
	status = child_wait(pid, ms, !deferred);
	if (status < 0) {
		child_end(pid);
		return stopped && !deferred ? -1 : fail("%s: did not end in %u s", name, ms / 1000);
	}
	if (WIFSIGNALED(status))
		return fail("%s: ended by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status))
		return fail("%s: failed with status %d", name, WEXITSTATUS(status));
	return 0;
}

#define ONE_MS 10000u
#define ALL_MS 30000u

/*
 * The file systems on disks come first, before servers that may be gone have taken the
 * time.  To look at an autofs would mount what is behind it.
 */
static void flush_from(const struct uses *uses, volatile unsigned int *at)
{
	for (; *at < 2 * uses->n; ++*at) {
		const struct use *u = &uses->list[*at % uses->n];
		bool disk = u->kind == USE_DISK || u->kind == USE_SOURCE;
		int fd = -1;

		if (disk == (*at < uses->n) && u->here && strcmp(u->mount.type, "autofs"))
			fd = open(u->mount.point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		syncfs(fd);
		close(fd);
	}
	sync();		/* what is mounted elsewhere */
	_exit(0);
}

/*
 * A child flushes, for sync(2) on a server that is gone has no end.  It counts
 * what it has done in memory that it shares with this process.  Where it hangs
 * it is left, and another child goes on behind that file system.
 */
void flush_all(const struct uses *uses)
{
	unsigned int was;
	volatile unsigned int *at = alloc_shared(sizeof *at);
	uint64_t began = now_ms();

	while (at && *at <= 2 * uses->n && !stop_asked()) {
		pid_t pid = child_fork(-1);

		if (pid < 0)
			return;
		if (!pid)
			flush_from(uses, at);
		do {
			was = *at;
			if (child_wait(pid, ONE_MS, true) >= 0)
				return;
		} while (*at != was && !stop_asked() && now_ms() - began < ALL_MS);
		child_end(pid);
		if (stop_asked())
			return;
		info("sync: %s did not end in %u s, going on",
		     was < 2 * uses->n ? sys_show(uses->list[was % uses->n].mount.point) :
					 "the rest", ONE_MS / 1000);
		if (now_ms() - began >= ALL_MS)
			return;
		++*at;
	}
}
