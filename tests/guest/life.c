// SPDX-License-Identifier: GPL-2.0-only
/*
 * life.c - a program in the guest whose life has to go on across hibernation
 *
 * usage: life TOKEN FILE CONTROL
 *
 * Keeps TOKEN in its memory alone (it is wiped from the command line), a counter
 * that runs, FILE open at an offset that grows, and a TCP connection to itself
 * over the loopback interface, through which numbers go in order.  For each
 * line written to the FIFO CONTROL it appends one line to CONTROL.out:
 *	token TOKEN count N offset N tcp N
 * and it ends at once if the connection breaks or a number is out of order.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void connect_self(int *near, int *far)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&addr, len) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, (struct sockaddr *)&addr, &len) < 0)
		die("listen");
	*near = socket(AF_INET, SOCK_STREAM, 0);
	if (*near < 0 || connect(*near, (struct sockaddr *)&addr, len) < 0)
		die("connect");
	*far = accept(listener, NULL, NULL);
	if (*far < 0)
		die("accept");
	close(listener);
}

int main(int argc, char **argv)
{
	unsigned long count = 0, sent = 0, got;
	char token[256], out[256], line[512];
	int near, far, file, control;

	if (argc != 4)
		return 2;
	snprintf(token, sizeof token, "%s", argv[1]);
	memset(argv[1], '-', strlen(argv[1]));
	snprintf(out, sizeof out, "%s.out", argv[3]);
	connect_self(&near, &far);
	file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
	mkfifo(argv[3], 0600);
	control = open(argv[3], O_RDWR);
	if (file < 0 || control < 0)
		die("open");
	for (;;) {
		struct pollfd p = { .fd = control, .events = POLLIN };

		count++;
		if (dprintf(file, "%lu\n", count) < 0)
			die("write");
		if (write(near, &count, sizeof count) != sizeof count ||
		    read(far, &got, sizeof got) != sizeof got || got != count)
			die("tcp");
		sent++;
		if (poll(&p, 1, 20) <= 0)
			continue;
		if (read(control, line, sizeof line) > 0) {
			int fd = open(out, O_WRONLY | O_CREAT | O_APPEND, 0600);

			if (fd < 0 || dprintf(fd, "token %s count %lu offset %ld tcp %lu\n", token,
					      count, (long)lseek(file, 0, SEEK_CUR), sent) < 0)
				die(out);
			close(fd);
		}
	}
}
