// SPDX-License-Identifier: GPL-2.0-only
/*
 * qmp.c - start QEMU and note how it ends, or ask a running one
 *
 * usage: qmp run SECONDS PATH QEMU ARGUMENT...
 *        qmp ask SOCKET SECONDS COMMAND [ARGUMENTS]
 *        qmp hmp SOCKET SECONDS TEXT
 *
 * "run" stays until QEMU has ended, and kills it after SECONDS.  It writes all
 * QMP events to PATH.events and then one line to PATH.ending: the reason of QMP's
 * SHUTDOWN event, "time limit", "signal N" or "status N".  QEMU dies with it.
 *
 * "ask" runs a QMP command, whose ARGUMENTS are a JSON object, and prints the
 * returned value; "hmp" runs a command of QEMU's monitor for people and prints
 * its text.  Exit status: 0, 1 QEMU refused (its words on standard error),
 * 124 no answer in time, 125 no connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HELLO "{\"execute\":\"qmp_capabilities\"}\r\n"
#define QEMU_FD 9		/* QEMU's end of the socket pair */

static char line[1 << 18];
static struct timespec end;
static volatile sig_atomic_t stopped;

static int die(const char *what)
{
	fprintf(stderr, "qmp: %s: %s\n", what, strerror(errno));
	return 125;
}

static void set_limit(const char *seconds)
{
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += atol(seconds);
}

static long left_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec) / 1000000;
}

/* Read a line into line[]; 1, or 0 at the end of the file, or -1 when the time is over. */
static int get_line(int fd)
{
	size_t len = 0;

	while (!stopped && left_ms() > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		char c;

		if (poll(&p, 1, left_ms()) <= 0)
			continue;
		if (read(fd, &c, 1) != 1)
			return 0;
		if (c == '\n') {
			line[len] = 0;
			return 1;
		}
		if (c != '\r' && len < sizeof line - 1)
			line[len++] = c;
	}
	return -1;
}

static void on_signal(int sig)
{
	stopped = sig;
}

/* What stands behind "reason": in a SHUTDOWN event. */
static void note_reason(char *reason, size_t size)
{
	char *at = strstr(line, "\"reason\": \"");

	if (strstr(line, "\"event\": \"SHUTDOWN\"") && at)
		snprintf(reason, size, "%.*s", (int)strcspn(at + 11, "\""), at + 11);
}

static FILE *open_note(const char *path, const char *suffix)
{
	char name[256];

	snprintf(name, sizeof name, "%s.%s", path, suffix);
	return fopen(name, "w");
}

static void start(int fd, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);	/* its end is told by us */
	if (dup2(fd, QEMU_FD) < 0)
		_exit(die("dup2"));
	execvp(argv[0], argv);
	_exit(die(argv[0]));
}

static int run(char **argv)
{
	char reason[64] = "no reason given", *path = argv[1];
	FILE *events = open_note(path, "events"), *ended;
	int pair[2], status, got;
	pid_t pid;

	set_limit(argv[0]);
	if (!events || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return die(path);
	setlinebuf(events);
	/* A shell lets its background processes ignore SIGINT. */
	for (const int *sig = (const int[]){ SIGINT, SIGTERM, SIGHUP, 0 }; *sig; sig++)
		sigaction(*sig, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	pid = fork();
	if (!pid)
		start(pair[1], argv + 2);
	close(pair[1]);
	if (pid < 0 || write(pair[0], HELLO, strlen(HELLO)) < 0)
		return die("start QEMU");
	while ((got = get_line(pair[0])) > 0) {
		fprintf(events, "%s\n", line);
		note_reason(reason, sizeof reason);
	}
	if (got < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (stopped)
			kill(pid, SIGKILL);
	ended = open_note(path, "ending");
	if (!ended)
		return die(path);
	if (got < 0)
		fprintf(ended, "%s\n", stopped ? "interrupted" : "time limit");
	else if (WIFSIGNALED(status))
		fprintf(ended, "signal %d\n", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		fprintf(ended, "status %d\n", WEXITSTATUS(status));
	else
		fprintf(ended, "%s\n", reason);
	return fclose(ended) || WIFSIGNALED(status) ? 1 : WEXITSTATUS(status);
}

/* The value behind "return": or "error":, as QEMU writes it; NULL if the line is no answer. */
static const char *value_of(const char *key)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n))
		return NULL;
	line[strlen(line) - 1] = 0;		/* the object's } */
	return line + n;
}

/* Print a JSON string as the text that it stands for. */
static void put_text(const char *s)
{
	for (s++; *s && *s != '"'; s++) {
		if (*s != '\\')
			putchar(*s);
		else if (*++s == 'n')
			putchar('\n');
		else if (*s == 't')
			putchar('\t');
		else if (*s != 'r')
			putchar(*s);
	}
}

static int answer(int fd, int text)
{
	int got;

	while ((got = get_line(fd)) > 0) {
		const char *value = value_of("{\"return\": ");

		if (value && text)
			put_text(value);
		else if (value)
			puts(value);
		if (value)
			return 0;
		value = value_of("{\"error\": ");
		if (value) {
			fprintf(stderr, "qmp: %s\n", value);
			return 1;
		}
	}
	return got < 0 ? 124 : 125;
}

static int ask(int text, const char *path, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), status;
	FILE *out;

	set_limit(argv[0]);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	signal(SIGPIPE, SIG_IGN);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		return die(path);
	if (write(fd, HELLO, strlen(HELLO)) < 0)
		return die(path);
	status = get_line(fd) > 0 && get_line(fd) > 0 ? 0 : 125; /* greeting, {"return": {}} */
	out = fdopen(dup(fd), "w");
	if (status || !out)
		return die("no greeting");
	if (text) {
		fprintf(out, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-"
			     "line\":\"");
		for (const char *s = argv[1]; *s; s++)
			fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
		fprintf(out, "\"}}\r\n");
	} else {
		fprintf(out, "{\"execute\":\"%s\",\"arguments\":%s}\r\n", argv[1],
			argv[2] && *argv[2] ? argv[2] : "{}");
	}
	if (fclose(out))
		return die(path);
	return answer(fd, text);
}

int main(int argc, char **argv)
{
	if (argc > 4 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	if ((argc == 5 || argc == 6) && !strcmp(argv[1], "ask"))
		return ask(0, argv[2], argv + 3);
	if (argc == 5 && !strcmp(argv[1], "hmp"))
		return ask(1, argv[2], argv + 3);
	fprintf(stderr, "usage: qmp run SECONDS PATH QEMU ARGUMENT... | ask SOCKET SECONDS COMMAND "
			"[ARGUMENTS] | hmp SOCKET SECONDS TEXT\n");
	return 2;
}
