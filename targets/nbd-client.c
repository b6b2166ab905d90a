// SPDX-License-Identifier: GPL-2.0-only
/* nbd-client.c - negotiate an export, and send requests to it */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/console.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "nbd-client.h"

#define INIT_MAGIC	0x4e42444d41474943ull	/* "NBDMAGIC" */
#define OPTION_MAGIC	0x49484156454f5054ull	/* "IHAVEOPT" */
#define OPTION_REPLY	0x0003e889045565a9ull
#define REQUEST_MAGIC	0x25609513u
#define REPLY_MAGIC	0x67446698u

enum { FIXED_NEWSTYLE = 1, NO_ZEROES = 2 };				/* handshake flags */
enum { OPT_GO = 7 };
enum { REP_ACK = 1, REP_INFO = 3, REP_ERROR = 1u << 31 };
enum { INFO_EXPORT = 0, INFO_BYTES = 12 };
enum { HAS_FLAGS = 1, READ_ONLY = 2, SEND_FLUSH = 4, SEND_FUA = 8 };	/* of an export */
enum { CMD_READ, CMD_WRITE, CMD_DISC, CMD_FLUSH };
enum { FUA = 1 };							/* of a request */
enum { REQUEST_BYTES = 28, REPLY_BYTES = 16 };

static void put(uint8_t *to, uint64_t value, int bytes)
{
	while (bytes-- > 0) {
		to[bytes] = value;
		value >>= 8;
	}
}

static uint64_t get(const uint8_t *from, int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | *from++;
	return value;
}

static int broken(struct nbd *c, const char *what)
{
	c->broken = true;
	return fail("%s: %s:", c->name, what);
}

/* Until the descriptor is ready.  A user who gives up is heard. */
static int wait_ready(struct nbd *c, int fd, short events, uint64_t end)
{
	struct pollfd p = { .fd = fd, .events = events };
	uint64_t now;

	for (;;) {
		if (abandoned()) {
			c->broken = true;
			return -1;
		}
		now = now_ms();
		if (now >= end) {
			c->broken = true;
			return fail("%s: the server has not %s within %u s", c->name,
				    events == POLLIN ? "answered" : "taken what was sent",
				    c->wait_ms / 1000);
		}
		switch (poll(&p, 1, end - now < 200 ? end - now : 200)) {
		case -1:
			if (errno != EINTR)
				return broken(c, "wait for the server");
			break;
		case 0:
			break;
		default:
			return 0;
		}
	}
}

static uint64_t limit(const struct nbd *c)
{
	return c->end ? c->end : now_ms() + c->wait_ms;
}

static int send_all(struct nbd *c, const void *buf, size_t len)
{
	uint64_t end = limit(c);
	const uint8_t *p = buf;

	while (len) {
		ssize_t n = write(c->out, p, len);

		if (n < 0 && errno == EAGAIN) {
			if (wait_ready(c, c->out, POLLOUT, end) < 0)
				return -1;
		} else if (n < 0 && errno != EINTR) {
			return broken(c, "send to the server");
		} else if (n > 0) {
			p += n;
			len -= n;
		}
	}
	return 0;
}

static int receive_all(struct nbd *c, void *buf, size_t len)
{
	uint64_t end = limit(c);
	uint8_t *p = buf;

	while (len) {
		ssize_t n = read(c->in, p, len);

		if (n < 0 && errno == EAGAIN) {
			if (wait_ready(c, c->in, POLLIN, end) < 0)
				return -1;
		} else if (n < 0 && errno != EINTR) {
			return broken(c, "receive from the server");
		} else if (n == 0) {
			c->broken = true;
			return fail("%s: the server has closed the connection", c->name);
		} else if (n > 0) {
			p += n;
			len -= n;
		}
	}
	return 0;
}

static int skip(struct nbd *c, uint64_t len)
{
	uint8_t rest[256];

	while (len) {
		size_t n = len < sizeof rest ? len : sizeof rest;

		if (receive_all(c, rest, n) < 0)
			return -1;
		len -= n;
	}
	return 0;
}

static int protocol(struct nbd *c, const char *what, uint64_t wanted, uint64_t got)
{
	c->broken = true;
	return fail("%s: protocol: %s is %#llx, %#llx was expected", c->name, what, (ull)got,
		    (ull)wanted);
}

/* The server's words, for a message. */
static int refused(struct nbd *c, uint32_t type, uint32_t len)
{
	char text[100] = "", said[sizeof text];
	size_t n = len < sizeof text - 1 ? len : sizeof text - 1;

	if (receive_all(c, text, n) < 0)
		return -1;
	text_copy(said, n + 1, text);
	return fail("%s: the server refuses the export: error %u%s%s", c->name,
		    type & ~(uint32_t)REP_ERROR, n ? ": " : "", said);
}

static int take_export(struct nbd *c, const uint8_t info[INFO_BYTES])
{
	uint32_t flags = get(info + 10, 2);

	c->size = get(info + 2, 8);
	c->read_only = flags & READ_ONLY;
	c->can_flush = flags & SEND_FLUSH;
	c->durable = flags & (SEND_FLUSH | SEND_FUA);
	if (!(flags & HAS_FLAGS) || c->size > INT64_MAX)
		return fail("%s: protocol: an export of %llu bytes with flags %#x", c->name,
			    (ull)c->size, flags);
	return 0;
}

static int option_replies(struct nbd *c)
{
	uint8_t head[20], info[INFO_BYTES];
	bool known = false;

	/* Each is an info, an error, or the end; a server could go on for ever. */
	for (int i = 0; i < 100; i++) {
		uint32_t type, len;

		if (receive_all(c, head, sizeof head) < 0)
			return -1;
		if (get(head, 8) != OPTION_REPLY)
			return protocol(c, "magic of an option's reply", OPTION_REPLY,
					get(head, 8));
		if (get(head + 8, 4) != OPT_GO)
			return protocol(c, "option of a reply", OPT_GO, get(head + 8, 4));
		type = get(head + 12, 4);
		len = get(head + 16, 4);
		if (type & REP_ERROR)
			return refused(c, type, len);
		if (type == REP_ACK)
			return skip(c, len) < 0 ? -1 : known ? 0 :
			       fail("%s: protocol: the server has not told the size", c->name);
		if (type != REP_INFO || len < INFO_BYTES) {
			if (skip(c, len) < 0)
				return -1;
			continue;
		}
		if (receive_all(c, info, sizeof info) < 0 || skip(c, len - sizeof info) < 0)
			return -1;
		if (get(info, 2) != INFO_EXPORT)
			continue;
		if (take_export(c, info) < 0)
			return -1;
		known = true;
	}
	return fail("%s: protocol: too many replies to an option", c->name);
}

static int negotiate(struct nbd *c, const char *export)
{
	uint8_t hello[18], flags[4], option[22 + NBD_EXPORT];
	size_t len = strlen(export);

	if (len > NBD_EXPORT)
		return fail("%s: the name of the export has %zu bytes, at most %u", c->name, len,
			    NBD_EXPORT);
	if (receive_all(c, hello, sizeof hello) < 0)
		return -1;
	if (get(hello, 8) != INIT_MAGIC)
		return protocol(c, "magic of the server", INIT_MAGIC, get(hello, 8));
	if (get(hello + 8, 8) != OPTION_MAGIC || !(get(hello + 16, 2) & FIXED_NEWSTYLE))
		return fail("%s: protocol: the server is too old, it has no fixed newstyle "
			    "negotiation", c->name);
	put(flags, FIXED_NEWSTYLE | (get(hello + 16, 2) & NO_ZEROES), 4);
	put(option, OPTION_MAGIC, 8);
	put(option + 8, OPT_GO, 4);
	put(option + 12, 4 + len + 2, 4);
	put(option + 16, len, 4);
	memcpy(option + 20, export, len);
	put(option + 20 + len, 0, 2);
	return send_all(c, flags, 4) < 0 || send_all(c, option, 22 + len) < 0 ? -1 :
	       option_replies(c);
}

int nbd_negotiate(struct nbd *c, const char *export)
{
	int ret;

	c->end = now_ms() + c->wait_ms;
	ret = negotiate(c, export);
	c->end = 0;
	return ret;
}

static int send_request(struct nbd *c, uint32_t type, struct nbd_request *slot, uint64_t off,
			uint8_t *buf, size_t len)
{
	uint8_t request[REQUEST_BYTES];

	*slot = (struct nbd_request){ ++c->cookie, type == CMD_READ ? buf : NULL, len, off };
	c->nflight++;
	put(request, REQUEST_MAGIC, 4);
	/* Without a flush each write has to be durable by itself. */
	put(request + 4, type == CMD_WRITE && !c->can_flush ? FUA : 0, 2);
	put(request + 6, type, 2);
	put(request + 8, slot->cookie, 8);
	put(request + 16, off, 8);
	put(request + 24, len, 4);
	if (send_all(c, request, sizeof request) < 0)
		return -1;
	return type == CMD_WRITE ? send_all(c, buf, len) : 0;
}

/* One reply, to whichever request.  1: the server could not do it, and was told. */
static int receive_reply(struct nbd *c, const char *what)
{
	struct nbd_request *r = c->flight;
	uint8_t reply[REPLY_BYTES];
	uint32_t error;
	uint64_t cookie;

	if (receive_all(c, reply, sizeof reply) < 0)
		return -1;
	if (get(reply, 4) != REPLY_MAGIC)
		return protocol(c, "magic of a reply", REPLY_MAGIC, get(reply, 4));
	error = get(reply + 4, 4);
	cookie = get(reply + 8, 8);
	while (r < c->flight + NBD_FLIGHT && r->cookie != cookie)
		r++;
	if (!cookie || r == c->flight + NBD_FLIGHT)
		return protocol(c, "cookie of a reply", c->cookie, cookie);
	r->cookie = 0;
	c->nflight--;
	if (error) {
		errno = error < 4096 ? error : EIO;
		fail("%s %s at %llu:", what, c->name, (ull)r->off);
		return 1;
	}
	return r->buf ? receive_all(c, r->buf, r->len) : 0;
}

/* Replies, until no more requests than these are in flight. */
static int drain(struct nbd *c, const char *what, int most, bool *failed)
{
	while (c->nflight > most) {
		int ret = receive_reply(c, what);

		if (ret < 0)
			return -1;
		*failed |= ret;
	}
	return 0;
}

static int check_usable(struct nbd *c, const char *what)
{
	return c->broken ? fail("%s %s: the connection is broken", what, c->name) : 0;
}

static int transfer(struct nbd *c, uint32_t type, const struct iovec *iov, int n, uint64_t off)
{
	const char *what = type == CMD_READ ? "read" : "write";
	bool failed = false;
	uint64_t all = 0;	/* of buffers in memory: no sum of them wraps */

	if (check_usable(c, what) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		all += iov[i].iov_len;
	if (off > c->size || all > c->size - off)
		return fail("%s %s: %llu bytes at %llu, it has %llu", what, c->name, (ull)all,
			    (ull)off, (ull)c->size);
	for (int i = 0; i < n; i++) {
		uint8_t *p = iov[i].iov_base;
		size_t left = iov[i].iov_len, part;

		for (; left && !failed; left -= part, p += part, off += part) {
			struct nbd_request *slot = c->flight;

			part = left < NBD_PART ? left : NBD_PART;
			if (drain(c, what, NBD_FLIGHT - 1, &failed) < 0)
				return -1;
			while (slot->cookie)
				slot++;
			if (send_request(c, type, slot, off, p, part) < 0)
				return -1;
		}
	}
	return drain(c, what, 0, &failed) < 0 || failed ? -1 : 0;
}

int nbd_readv(struct nbd *c, const struct iovec *iov, int n, uint64_t off)
{
	return transfer(c, CMD_READ, iov, n, off);
}

int nbd_writev(struct nbd *c, const struct iovec *iov, int n, uint64_t off)
{
	return transfer(c, CMD_WRITE, iov, n, off);
}

int nbd_flush(struct nbd *c)
{
	bool failed = false;

	if (check_usable(c, "flush") < 0)
		return -1;
	if (!c->can_flush)
		return 0;
	return send_request(c, CMD_FLUSH, c->flight, 0, NULL, 0) < 0 ||
	       drain(c, "flush", 0, &failed) < 0 || failed ? -1 : 0;
}

void nbd_disconnect(struct nbd *c)
{
	uint8_t request[REQUEST_BYTES] = { 0 };

	if (c->broken)
		return;
	put(request, REQUEST_MAGIC, 4);
	put(request + 6, CMD_DISC, 2);
	send_all(c, request, sizeof request);
}
