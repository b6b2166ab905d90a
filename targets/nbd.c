// SPDX-License-Identifier: GPL-2.0-only
/* nbd.c - an export of an NBD server: "nbd:ADDRESS[:PORT]/EXPORT", by TCP without TLS */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/console.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../image/net-spec.h"
#include "nbd-client.h"
#include "target.h"

#define PORT		10809u		/* IANA's */
#define CONNECT_MS	5000u

static int parse(const char *text, struct target_spec *spec, char *why)
{
	const char *p = text;

	spec->port = PORT;
	if (strlen(text) >= sizeof spec->path || text[strspn(text, DEVICE_CHARS)] ||
	    !ipv4_parse(&p, &spec->host) ||
	    (*p == ':' && (p++, !number_parse(&p, 65535, &spec->port))) || !spec->host ||
	    !spec->port || *p != '/')
		return refuse(why, "target nbd:%.60s: not ADDRESS[:PORT]/EXPORT, of letters, "
			      "digits and /_.:=+- and at most %zu bytes", text,
			      sizeof spec->path - 1);
	strcpy(spec->path, text);
	strcpy(spec->file, p + 1);
	return 0;
}

/* A descriptor, or -1 and why: nobody answers, or not yet. */
static int connect_to(const struct target_spec *spec, char *why)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0, one = 1;
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(spec->port),
		.sin_addr.s_addr = htonl(spec->host),
	};
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	uint64_t end = now_ms() + CONNECT_MS;
	socklen_t len = sizeof error;

	if (fd < 0)
		return refuse(why, "nbd:%s: socket: %s", spec->path, strerror(errno));
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		while (poll(&p, 1, 100) == 0 && now_ms() < end && !abandoned())
			;
		error = ETIMEDOUT;
		if (p.revents && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
			error = errno;
	}
	if (!error) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		return fd;
	}
	snprintf(why, WHY_SIZE, "nbd:%s: connect: %s", spec->path, strerror(error));
	close(fd);
	return -1;
}

static void nbd_close(struct target *t)
{
	struct nbd *c = t->own;

	nbd_disconnect(c);
	close(c->in);
	free(c);
}

static int nbd_check(const struct target *t, const struct target_spec *spec, bool writable)
{
	const struct nbd *c = t->own;

	if (writable && c->read_only)
		return fail("%s: the server lets nobody write to the export", t->name);
	if (writable && !c->durable)
		return fail("%s: the server offers neither FLUSH nor FUA: what is written might be "
			    "lost", t->name);
	return spec->has_id ? target_check_id(t, spec->id) : 0;
}

static int nbd_open(const struct target_spec *spec, bool writable, struct target *t, char *why)
{
	int fd = connect_to(spec, why);
	struct nbd *c;

	if (fd < 0)
		return TARGET_AWAY;
	c = calloc(1, sizeof *c);
	*t = (struct target){ .kind = &target_nbd, .own = c, .fd = -1 };
	strcpy(t->name, spec->path);
	if (!c) {
		close(fd);
		return fail("%s: no memory", t->name);
	}
	signal(SIGPIPE, SIG_IGN);	/* a server that goes away is an error like others */
	c->in = c->out = fd;
	c->wait_ms = NBD_WAIT_MS;
	snprintf(c->name, sizeof c->name, "%s", t->name);
	if (nbd_negotiate(c, spec->file) == 0) {
		t->size = c->size;
		if (nbd_check(t, spec, writable) == 0)
			return 0;
	}
	target_close(t);
	return -1;
}

static int readv_from(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return nbd_readv(t->own, iov, n, off);
}

static int writev_to(const struct target *t, struct iovec *iov, int n, uint64_t off)
{
	return nbd_writev(t->own, iov, n, off);
}

static int flush(const struct target *t)
{
	return nbd_flush(t->own);
}

const struct target_kind target_nbd = {
	.name = "nbd", .network = true,
	.parse = parse, .open = nbd_open, .close = nbd_close,
	.readv = readv_from, .writev = writev_to, .flush = flush,
};
