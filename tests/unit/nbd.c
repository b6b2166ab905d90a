// SPDX-License-Identifier: GPL-2.0-only
/* nbd.c - the NBD client against a server that has said everything beforehand */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../targets/nbd-client.h"
#include "fakes.h"

#define SIZE (1u << 30)

static struct nbd client;
static int server;

static void put(uint8_t *to, uint64_t value, int bytes)
{
	while (bytes-- > 0) {
		to[bytes] = value;
		value >>= 8;
	}
}

static void say(uint64_t value, int bytes)
{
	uint8_t out[8];

	put(out, value, bytes);
	assert_int_equal(write(server, out, bytes), bytes);
}

static void say_text(const char *text, size_t len)
{
	assert_int_equal(write(server, text, len), len);
}

static void hello(void)
{
	say(0x4e42444d41474943, 8);
	say(0x49484156454f5054, 8);
	say(3, 2);
}

static void option_reply(uint32_t type, uint32_t len)
{
	uint8_t head[20];

	put(head, 0x3e889045565a9, 8);
	put(head + 8, 7, 4);
	put(head + 12, type, 4);
	put(head + 16, len, 4);
	assert_int_equal(write(server, head, sizeof head), sizeof head);
}

static void export_info(uint32_t flags)
{
	option_reply(3, 12);
	say(0, 2);
	say(SIZE, 8);
	say(flags, 2);
}

static void reply(uint32_t error, uint64_t cookie)
{
	say(0x67446698, 4);
	say(error, 4);
	say(cookie, 8);
}

static uint64_t heard(int bytes)
{
	uint64_t value = 0;
	uint8_t byte;

	while (bytes-- > 0) {
		assert_int_equal(read(server, &byte, 1), 1);
		value = value << 8 | byte;
	}
	return value;
}

static int nbd_begin(void **state)
{
	int fds[2], room = 8 << 20;

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 ||
	    fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(fds[1], F_SETFL, O_NONBLOCK) < 0 ||
	    setsockopt(fds[1], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	client = (struct nbd){ .in = fds[0], .out = fds[0], .name = "h/e", .wait_ms = 1000 };
	server = fds[1];
	return 0;
}

static int nbd_end(void **state)
{
	(void)state;
	close(client.in);
	close(server);
	return 0;
}

/* The end of a negotiation, of which the server has said a part; what the client says is read. */
static void open_export(uint32_t flags)
{
	export_info(flags);
	option_reply(1, 0);
	assert_int_equal(nbd_negotiate(&client, "e"), 0);
	assert_int_equal(heard(4), 3);			/* fixed newstyle, no zeroes */
	assert_int_equal(heard(8), 0x49484156454f5054);
	assert_int_equal(heard(4), 7);			/* NBD_OPT_GO */
	assert_int_equal(heard(4), 7);
	assert_int_equal(heard(4), 1);
	assert_int_equal(heard(1), 'e');
	assert_int_equal(heard(2), 0);
}

static void opened(uint32_t flags)
{
	hello();
	open_export(flags);
}

static void heard_request(uint32_t flags, uint32_t type, uint64_t cookie, uint64_t off,
			  uint32_t len)
{
	assert_int_equal(heard(4), 0x25609513);
	assert_int_equal(heard(2), flags);
	assert_int_equal(heard(2), type);
	assert_int_equal(heard(8), cookie);
	assert_int_equal(heard(8), off);
	assert_int_equal(heard(4), len);
}

static void test_negotiates(void **state)
{
	(void)state;
	/* Infos of other kinds, and of more bytes than this client knows, are passed over. */
	hello();
	option_reply(3, 14);
	say(3, 2);
	say_text("123456789012", 12);
	option_reply(3, 4);
	say(1, 2);
	say_text("xy", 2);
	open_export(1 | 4);
	assert_int_equal(client.size, SIZE);
	assert_true(client.can_flush);
	assert_true(client.durable);
	assert_false(client.read_only);
	nbd_disconnect(&client);
	heard_request(0, 2, 0, 0, 0);
}

static void assert_refuses(const char *failure)
{
	assert_fails(nbd_negotiate(&client, "e"), "%s", failure);
}

static void test_refuses_greeting(void **state)
{
	(void)state;
	say_text("SSH-2.0-OpenSSH_9.2", 19);
	assert_refuses("h/e: protocol: magic of the server is 0x5353482d322e302d, "
		       "0x4e42444d41474943 was expected");
}

static void test_refuses_oldstyle(void **state)
{
	(void)state;
	say(0x4e42444d41474943, 8);
	say(0x00420281861253, 8);
	say(0, 2);
	assert_refuses("h/e: protocol: the server is too old, it has no fixed newstyle "
		       "negotiation");
}

static void test_refuses_unknown(void **state)
{
	(void)state;
	hello();
	option_reply(0x80000006, 12);
	say_text("no such\x1b[2J", 12);
	assert_refuses("h/e: the server refuses the export: error 6: no such?[2J");
}

static void test_refuses_replies(void **state)
{
	(void)state;
	hello();
	for (int i = 0; i < 100; i++)
		option_reply(3, 0);
	assert_refuses("h/e: protocol: too many replies to an option");
}

static void test_refuses_no_size(void **state)
{
	(void)state;
	hello();
	option_reply(1, 0);
	assert_refuses("h/e: protocol: the server has not told the size");
}

static void test_refuses_other_option(void **state)
{
	(void)state;
	hello();
	say(0x3e889045565a9, 8);
	say(6, 4);
	say(1, 4);
	say(0, 4);
	assert_refuses("h/e: protocol: option of a reply is 0x6, 0x7 was expected");
}

static void test_refuses_silence(void **state)
{
	(void)state;
	hello();
	option_reply(3, 12);
	shutdown(server, SHUT_WR);
	assert_refuses("h/e: the server has closed the connection");
	assert_fails(nbd_flush(&client), "flush h/e: the connection is broken");
}

/* A server that says a byte now and then does not hold anybody longer than one that says none. */
static void test_refuses_drip(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		hello();
		for (int i = 0; i < 40; i++) {
			option_reply(3, 0);
			usleep(50 * 1000);
		}
		_exit(0);
	}
	assert_refuses("h/e: the server has not answered within 1 s");
	assert_fails(nbd_flush(&client), "flush h/e: the connection is broken");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void test_silence(void **state)
{
	uint8_t byte;
	struct iovec iov = { &byte, 1 };

	(void)state;
	opened(1 | 4);
	assert_fails(nbd_readv(&client, &iov, 1, 0),
		     "h/e: the server has not answered within 1 s");
}

/* Nobody takes what is sent. */
static void test_deaf(void **state)
{
	size_t len = 16 << 20;
	struct iovec iov = { calloc(1, len), len };

	(void)state;
	opened(1 | 4);
	assert_fails(nbd_writev(&client, &iov, 1, 0),
		     "h/e: the server has not taken what was sent within 1 s");
	free(iov.iov_base);
}

/* Several in flight; replies in any order. */
static void test_requests(void **state)
{
	static uint8_t buf[8192];
	struct iovec iov[2] = { { buf, 4096 }, { buf + 4096, 100 } };

	(void)state;
	opened(1 | 4);
	reply(0, 2);
	reply(0, 1);
	assert_int_equal(nbd_writev(&client, iov, 2, 8192), 0);
	heard_request(0, 1, 1, 8192, 4096);
	for (int i = 0; i < 4096; i++)
		heard(1);
	heard_request(0, 1, 2, 8192 + 4096, 100);
	for (int i = 0; i < 100; i++)
		heard(1);
	reply(0, 4);
	say_text("second", 6);
	reply(0, 3);
	say_text("first", 5);
	iov[0].iov_len = 5;
	iov[1].iov_len = 6;
	assert_int_equal(nbd_readv(&client, iov, 2, 0), 0);
	assert_memory_equal(buf, "first", 5);
	assert_memory_equal(buf + 4096, "second", 6);
	heard_request(0, 0, 3, 0, 5);
	heard_request(0, 0, 4, 5, 6);
	reply(0, 5);
	assert_int_equal(nbd_flush(&client), 0);
	heard_request(0, 3, 5, 0, 0);
}

/* A large buffer goes in parts, and no more of them are in flight than there are places. */
static void test_parts(void **state)
{
	enum { BYTES = NBD_FLIGHT * NBD_PART + 1 };
	uint8_t *buf = malloc(BYTES), *page = calloc(1, NBD_PART);
	struct iovec iov = { buf, BYTES };
	pid_t pid;
	int status;

	(void)state;
	opened(1 | 4);
	/* The other side does one after the other. */
	pid = fork();
	if (!pid) {
		fcntl(server, F_SETFL, 0);
		for (int i = 1; i <= NBD_FLIGHT + 1; i++) {
			uint32_t len = i <= NBD_FLIGHT ? NBD_PART : 1;

			heard_request(0, 0, i, (i - 1) * (uint64_t)NBD_PART, len);
			reply(0, i);
			memset(page, i, len);
			for (uint32_t done = 0; done < len; ) {
				ssize_t n = write(server, page + done, len - done);

				if (n < 0)
					_exit(1);
				done += n;
			}
		}
		_exit(0);
	}
	assert_int_equal(nbd_readv(&client, &iov, 1, 0), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (int i = 0; i < BYTES; i += 4096)
		assert_int_equal(buf[i], 1 + i / NBD_PART);
	assert_int_equal(buf[BYTES - 1], NBD_FLIGHT + 1);
	free(page);
	free(buf);
}

/* Without a flush each write is durable by itself. */
static void test_fua(void **state)
{
	uint8_t byte = 1;
	struct iovec iov = { &byte, 1 };

	(void)state;
	opened(1 | 8);
	assert_false(client.can_flush);
	assert_true(client.durable);
	reply(0, 1);
	assert_int_equal(nbd_writev(&client, &iov, 1, 7), 0);
	heard_request(1, 1, 1, 7, 1);
	assert_int_equal(heard(1), 1);
	assert_int_equal(nbd_flush(&client), 0);
}

static void test_errors(void **state)
{
	uint8_t buf[10];
	struct iovec iov[2] = { { buf, 4 }, { buf + 4, 6 } };

	(void)state;
	opened(1 | 2 | 4);
	assert_true(client.read_only);
	/* A refused request does not end the connection, and the others are waited for. */
	reply(0, 1);
	say_text("four", 4);
	reply(5, 2);
	assert_fails(nbd_readv(&client, iov, 2, 0), "read h/e at 4: Input/output error");
	reply(28, 3);
	assert_fails(nbd_writev(&client, iov, 1, 0), "write h/e at 0: No space left on device");
	reply(0xffffffff, 4);
	assert_fails(nbd_flush(&client), "flush h/e at 0: Input/output error");
	assert_fails(nbd_readv(&client, iov, 2, SIZE - 9),
		     "read h/e: 10 bytes at 1073741815, it has 1073741824");
	assert_fails(nbd_readv(&client, iov, 2, UINT64_MAX - 3),
		     "read h/e: 10 bytes at 18446744073709551612, it has 1073741824");
	assert_false(client.broken);
	/* Nobody has asked for that. */
	reply(0, 77);
	assert_fails(nbd_flush(&client), "h/e: protocol: cookie of a reply is 0x4d, 0x5 was "
		     "expected");
	assert_true(client.broken);
}

static void test_replies_twice(void **state)
{
	uint8_t buf[10];
	struct iovec iov[2] = { { buf, 4 }, { buf + 4, 6 } };

	(void)state;
	opened(1 | 4);
	reply(0, 1);
	reply(0, 1);
	assert_fails(nbd_writev(&client, iov, 2, 0), "h/e: protocol: cookie of a reply is 0x1, "
		     "0x2 was expected");
}

int nbd_tests(void)
{
#define NBD_TEST(test) \
	cmocka_unit_test_setup_teardown(test, nbd_begin, nbd_end)
	const struct CMUnitTest tests[] = {
		NBD_TEST(test_negotiates), NBD_TEST(test_refuses_greeting),
		NBD_TEST(test_refuses_oldstyle), NBD_TEST(test_refuses_unknown),
		NBD_TEST(test_refuses_replies), NBD_TEST(test_refuses_no_size),
		NBD_TEST(test_refuses_other_option), NBD_TEST(test_refuses_silence),
		NBD_TEST(test_refuses_drip), NBD_TEST(test_silence), NBD_TEST(test_deaf),
		NBD_TEST(test_requests), NBD_TEST(test_parts),
		NBD_TEST(test_fua), NBD_TEST(test_errors),
		NBD_TEST(test_replies_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
