// SPDX-License-Identifier: GPL-2.0-only
/* garbage-text.c - random sessions and command lines, and good ones with some bytes changed */
#include "../../initramfs/session.h"
#include "unit.h"

#define ROUNDS 5000
#define MAX_TEXT 700u

static const char good_session[] =
	"khib-session 1\n"
	"mailbox 0x7654000 00112233445566778899aabbccddeeff\n"
	"id 00112233445566778899aabbccddeeff\n"
	"target part:/dev/vdb 00112233445566778899aabbccddeeff\n"
	"window 0x4000000 0x8000000\n"
	"codec none\n"
	"ram-pages 261000\n"
	"release 6.12.0\n";

static const char good_cmdline[] =
	"quiet khib.shell khib.resume=part:/dev/vdb "
	"khib.id=00112233445566778899aabbccddeeff khib.counted\n";

/* Text of its exact length on the heap, of bytes that may be anything, or of a few that matter. */
static char *noise(void)
{
	static const char soup[] = "khib-session 1\n\n\n  =.:/0123456789abcdef";
	size_t len = random_below(MAX_TEXT);
	bool any = random_below(2);
	char *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = any ? (char)random_next() : soup[random_below(sizeof soup - 1)];
	text[len] = 0;
	return text;
}

/* A good text in which bytes were changed, doubled or taken out. */
static char *mutation(const char *good)
{
	char text[MAX_TEXT];
	size_t len = strlen(good);

	memcpy(text, good, len + 1);
	for (unsigned int n = 1 + random_below(4); n; n--) {
		size_t at = random_below(len);

		switch (random_below(4)) {
		case 0:
			text[at] = random_next();
			break;
		case 1:
			text[at] = " \n0x-:9"[random_below(7)];
			break;
		case 2:
			memmove(text + at, text + at + 1, len - at);
			len--;
			break;
		default:
			memmove(text + at + 1, text + at, len - at + 1);
			len++;
		}
	}
	text[len] = 0;
	return copy_of(text, len + 1);
}

static void check_session(char *text, int *good)
{
	struct session *s = malloc(sizeof *s);
	char why[WHY_SIZE];
	int ret;

	memset(why, 'x', sizeof why);
	ret = session_parse(text, s, why);
	assert_in_range(s->ntargets, 0, SESSION_TARGETS);
	assert_non_null(memchr(s->release, 0, sizeof s->release));
	assert_true(s->mailbox % IMAGE_BLOCK == 0 && s->mailbox < 1ull << 52);
	for (int i = 0; i < s->ntargets; i++) {
		assert_true(s->targets[i].has_id);
		assert_non_null(memchr(s->targets[i].path, 0, TARGET_NAME));
	}
	if (ret) {
		assert_int_equal(ret, -1);
		assert_in_range(strlen(why), 10, WHY_SIZE - 1);
	} else {
		++*good;
		assert_true(s->ntargets > 0 && (s->codec || s->codec_auto) && s->ram_pages);
		assert_true(s->window.start < s->window.end && s->window.end <= 1ull << 52);
	}
	free(s);
	free(text);
}

static void test_sessions(void **state)
{
	static const char first[] = "khib-session 1\n";
	int good = 0;

	(void)state;
	random_start(20);
	for (int i = 0; i < ROUNDS; i++) {
		char *text = noise();
		size_t len = strlen(text);

		if (i % 2 && len > sizeof first)	/* to get past the first line */
			memcpy(text, first, sizeof first - 1);
		check_session(text, &good);
	}
	assert_int_equal(good, 0);
	for (int i = 0; i < ROUNDS; i++)
		check_session(mutation(good_session), &good);
	assert_in_range(good, 100, ROUNDS - 100);
}

static void check_cmdline(char *text, int *modes)
{
	struct request *req = malloc(sizeof *req);
	char why[WHY_SIZE];
	int ret;

	memset(why, 'x', sizeof why);
	ret = mode_parse(text, req, why);
	assert_in_range(req->mode, MODE_NONE, MODE_RESUME);
	assert_non_null(memchr(req->target.path, 0, TARGET_NAME));
	if (req->mode == MODE_RESUME)
		assert_true(*req->target.path || req->target.has_id);
	if (ret) {
		assert_int_equal(ret, -1);
		assert_in_range(strlen(why), 10, WHY_SIZE - 1);
	} else {
		modes[req->mode]++;
	}
	free(req);
	free(text);
}

static void test_cmdlines(void **state)
{
	int modes[MODE_RESUME + 1] = { 0 };

	(void)state;
	random_start(21);
	for (int i = 0; i < ROUNDS; i++)
		check_cmdline(noise(), modes);
	assert_int_equal(modes[MODE_RESUME], 0);
	for (int i = 0; i < ROUNDS; i++)
		check_cmdline(mutation(good_cmdline), modes);
	assert_in_range(modes[MODE_RESUME], 100, ROUNDS - 100);
}

int garbage_text_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_cmdlines),
	};

	return cmocka_run_group_tests_name("garbage-text", tests, NULL, NULL);
}
