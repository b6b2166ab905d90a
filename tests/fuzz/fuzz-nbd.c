// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-nbd.c - what an NBD server says, to a client that negotiates, reads, writes and flushes */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../../targets/nbd-client.h"
#include "fuzz.h"

#define ROOM (256u << 10)

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

/* All that the server says is there from the start, and then it closes: nobody waits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[2][8192];
	struct iovec iov[2] = { { buf[0], 100 }, { buf[1], sizeof buf[1] } };
	struct nbd c = { .name = "server/export", .wait_ms = NBD_WAIT_MS };
	int fds[2], room = ROOM;

	if (size > ROOM / 4)
		return 0;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	must(setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
	must(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	must(write(fds[1], data, size) == (ssize_t)size);
	must(shutdown(fds[1], SHUT_WR) == 0);
	c.in = c.out = fds[0];
	if (nbd_negotiate(&c, "export") == 0) {
		must(c.size <= INT64_MAX);
		nbd_readv(&c, iov, 2, 4096);
		nbd_writev(&c, iov, 2, c.size / 2);
		nbd_flush(&c);
		must(c.nflight == 0 || c.broken);
	}
	nbd_disconnect(&c);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
