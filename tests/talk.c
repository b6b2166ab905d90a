// SPDX-License-Identifier: GPL-2.0-only
/*
 * talk.c - run a command in a guest through its virtio-serial port
 *
 * usage: talk PIPE SECONDS [COMMAND]
 *
 * PIPE.in and PIPE.out are the FIFOs of QEMU's "-chardev pipe".  (A socket will
 * not do: after a quick reconnect QEMU 7.2 may pass on no more input.)  Sends
 * COMMAND as a line "run:ID COMMAND" and copies what comes back to standard
 * output up to "=== run:ID STATUS", which becomes the exit status.  Without
 * COMMAND it takes the end of any command: of one sent in a former life.
 * 124: nothing came in time.  125: the FIFOs cannot be used.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct talk {
	int in, out;
	char id[48];		/* "" for any */
	int begun;		/* the guest has taken the command */
};

static long left_ms(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
}

/* Read and write, so that there is never an end of file. */
static int open_end(const char *path, const char *end)
{
	char name[256];
	int fd;

	snprintf(name, sizeof name, "%s.%s", path, end);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "talk: open %s: %s\n", name, strerror(errno));
		exit(125);
	}
	return fd;
}

/* What a line from the guest means: a status from 0 up, or -1 to go on. */
static int take_line(struct talk *t, const char *line)
{
	size_t n = strlen(t->id);

	if (!strncmp(line, "+++ ", 4)) {
		t->begun |= !strcmp(line + 4, t->id);
		return -1;
	}
	if (!strncmp(line, "=== ", 4)) {
		if (!n)
			return atoi(strrchr(line, ' ')) & 0xff;
		return !strncmp(line + 4, t->id, n) && line[4 + n] == ' '
			       ? atoi(line + 5 + n) & 0xff
			       : -1;
	}
	if (t->begun)
		puts(line);
	return -1;
}

static int listen_until(struct talk *t, const struct timespec *end)
{
	char line[65536];
	size_t len = 0;

	while (left_ms(end) > 0) {
		struct pollfd p = { .fd = t->out, .events = POLLIN };
		char c;
		int status;

		if (poll(&p, 1, left_ms(end)) <= 0)
			continue;
		if (read(t->out, &c, 1) != 1)
			return 125;
		if (c != '\n' && len < sizeof line - 1) {
			line[len++] = c;
			continue;
		}
		line[len] = 0;
		len = 0;
		status = take_line(t, line);
		if (status >= 0)
			return status;
	}
	return 124;
}

int main(int argc, char **argv)
{
	struct talk t = { .begun = argc == 3 };
	struct timespec end;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: talk PIPE SECONDS [COMMAND]\n");
		return 2;
	}
	/* The guest would pass the others by. */
	if (argc == 4 && strchr(argv[3], '\n')) {
		fprintf(stderr, "talk: a command is one line: %s\n", argv[3]);
		return 125;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	t.in = open_end(argv[1], "in");
	t.out = open_end(argv[1], "out");
	if (argc == 4) {
		snprintf(t.id, sizeof t.id, "run:%d-%ld", getpid(), (long)end.tv_nsec);
		if (dprintf(t.in, "%s %s\n", t.id, argv[3]) < 0)
			return 125;
	}
	end.tv_sec += atoi(argv[2]);
	return listen_until(&t, &end);
}
