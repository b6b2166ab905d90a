// SPDX-License-Identifier: GPL-2.0-only
/* session.c - what A tells B: each key, each mistake in it, and what stands above a mistake */
#include "../../initramfs/session.h"
#include "unit.h"

#define ID "00112233445566778899aabbccddeeff"
#define COOKIE "ffeeddccbbaa99887766554433221100"
#define FIRST "khib-session 1\n"
#define GOOD FIRST \
	"mailbox 0x7654000 " COOKIE "\n" \
	"id " ID "\n" \
	"target part:/dev/vdb " ID "\n" \
	"target part:ID=" COOKIE " " COOKIE "\n" \
	"window 0x4000000 0x8000000\n" \
	"codec none\n" \
	"end reboot\n" \
	"ram-pages 261000\n" \
	"release 6.12.0 with a blank\n" \
	"guard /dev/vda2 xfs " ID " 512\n" \
	"guard /dev/cciss/c0d0p1 contents " ID " 18446744073709551615 removable\n"

static int parse(const char *text, struct session *s, char *why)
{
	char *copy = copy_of(text, strlen(text) + 1);
	int ret;

	memset(s, 0xff, sizeof *s);
	ret = session_parse(copy, s, why);
	free(copy);
	return ret;
}

/* "first line, this line" is refused with this text. */
#define assert_line(line, ...) do {						\
	char wanted_line_[WHY_SIZE];						\
	struct session s_;							\
	char why_[WHY_SIZE];							\
										\
	snprintf(wanted_line_, sizeof wanted_line_, __VA_ARGS__);		\
	assert_refused(parse(FIRST line "\n", &s_, why_), why_,			\
		       "session line 2: %.170s", wanted_line_);			\
} while (0)

static void test_good(void **state)
{
	struct session s;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse(GOOD, &s, why), why);
	assert_int_equal(s.mailbox, 0x7654000);
	assert_int_equal(s.cookie[0], 0xff);
	assert_int_equal(s.id[15], 0xff);
	assert_int_equal(s.ntargets, 2);
	assert_string_equal(s.targets[0].path, "/dev/vdb");
	assert_true(s.targets[0].has_id && s.targets[1].has_id);
	assert_int_equal(s.targets[1].id[0], 0xff);
	assert_int_equal(s.window.start, 0x4000000);
	assert_int_equal(s.window.end, 0x8000000);
	assert_string_equal(s.codec->name, "none");
	assert_false(s.power_off);
	assert_int_equal(s.ram_pages, 261000);
	assert_string_equal(s.release, "6.12.0 with a blank");
	assert_int_equal(s.nguards, 2);
	assert_string_equal(s.guards[1].name, "/dev/cciss/c0d0p1");
	assert_int_equal(s.guards[0].type, GUARD_XFS);
	assert_int_equal(s.guards[0].uuid[15], 0xff);
	assert_int_equal(s.guards[0].size, 512);
	assert_int_equal(s.guards[1].type, GUARD_OTHER);
	assert_int_equal(s.guards[0].flags, 0);
	assert_int_equal(s.guards[1].flags, GUARD_REMOVABLE);
}

static void test_what_may_be_left_out(void **state)
{
	struct session s;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse(FIRST "\n\nid " ID "\ntarget part:/dev/a " ID "\nwindow 9000 10000\n"
			    "codec none\nend poweroff\nrelease \nram-pages 9", &s, why), why);
	assert_int_equal(s.mailbox, 0);
	assert_true(s.power_off);
	assert_string_equal(s.release, "");
	assert_int_equal(s.window.start, 0x9000);	/* hex, with or without 0x */
}

static void test_largest(void **state)
{
	struct session s;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse(FIRST "id " ID "\ntarget part:/dev/a " ID "\nwindow 0 10000000000000\n"
			    "mailbox 0xffffffffff000 " COOKIE "\ncodec none\nrelease ~\n"
			    "ram-pages 1099511627776", &s, why), why);
	assert_int_equal(s.window.end, IMAGE_MAX_PFN * IMAGE_BLOCK);
	assert_int_equal(s.mailbox, IMAGE_MAX_PFN * IMAGE_BLOCK - IMAGE_BLOCK);
	assert_int_equal(s.ram_pages, IMAGE_MAX_PFN);
}

static void test_first_line(void **state)
{
	struct session s;
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse("", &s, why), why, "session line 1: '', expected 'khib-session 1'");
	assert_refused(parse("khib-session 2\n", &s, why), why,
		       "session line 1: 'khib-session 2', expected 'khib-session 1'");
	assert_refused(parse("\n" GOOD, &s, why), why,
		       "session line 1: '', expected 'khib-session 1'");
	assert_refused(parse("khib-session 1 ", &s, why), why,
		       "session line 1: 'khib-session 1 ', expected 'khib-session 1'");
}

/* The good session without the lines of one key. */
static void copy_without(char *text, const char *key)
{
	const char *line = GOOD;

	*text = 0;
	while (*line) {
		size_t len = strcspn(line, "\n") + 1;

		if (strncmp(line, key, strlen(key)))
			strncat(text, line, len);
		line += len;
	}
}

static void test_missing(void **state)
{
	static const char *const keys[] = { "id ", "target ", "window ", "codec ", "ram-pages " };
	const char *text =
		"session: %d lines, of target, window, codec, ram-pages and id one is missing";
	char why[WHY_SIZE], session[sizeof GOOD];
	struct session s;

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		copy_without(session, keys[i]);
		assert_refused(parse(session, &s, why), why, text, i == 1 ? 11 : 12);
	}
	/* An id of zeroes is what none is left with. */
	strcpy(session, GOOD);
	memset(strstr(session, "\nid ") + 4, '0', 32);
	assert_refused(parse(session, &s, why), why, text, 13);
}

static void test_lines(void **state)
{
	(void)state;
	assert_line("mailbox", "'mailbox' has no value");
	assert_line("x y", "x: unknown key");
	assert_line(" x", ": unknown key");
	assert_line("codec brotli", "codec brotli: not built in");
	assert_line("codec zstd:7", "codec zstd:7: zstd has levels 1 to 6");
	assert_line("codec auto:3", "codec auto:3: not built in");
	assert_line("end suspend", "end suspend: neither poweroff nor reboot");
	assert_line("end ", "end : neither poweroff nor reboot");
	assert_line("id 0011", "id 0011: not 32 hex digits");
	assert_line("id " ID "0", "id " ID "0: not 32 hex digits");
}

static void test_codecs(void **state)
{
	char why[WHY_SIZE], session[sizeof GOOD + 40];
	struct session s;

	(void)state;
	copy_without(session, "codec ");
	strcat(session, "\ncodec zstd:6\n");
	assert_passes(parse(session, &s, why), why);
	assert_string_equal(s.codec->name, "zstd");
	assert_int_equal(s.codec_level, 6);
	assert_false(s.codec_auto);
	strcat(session, "codec auto\n");	/* the last one counts */
	assert_passes(parse(session, &s, why), why);
	assert_null(s.codec);
	assert_true(s.codec_auto);
	strcat(session, "codec lz4\n");
	assert_passes(parse(session, &s, why), why);
	assert_string_equal(s.codec->name, "lz4");
	assert_false(s.codec_auto);
}

#define assert_no_mailbox(value) \
	assert_line("mailbox " value, "mailbox " value ": not the address of a page and a cookie")

static void test_mailbox(void **state)
{
	(void)state;
	assert_line("mailbox 0x1000", "mailbox 0x1000: no cookie");
	assert_no_mailbox("0x1000 12");
	assert_no_mailbox("0x1000 " COOKIE "0");
	assert_no_mailbox("0x1001 " COOKIE);
	assert_no_mailbox("0 " COOKIE);
	assert_no_mailbox("0x " COOKIE);
	assert_no_mailbox(" " COOKIE);
	assert_no_mailbox("10000000000000 " COOKIE);
	/* strtoull() would take all of these */
	assert_no_mailbox("-1000 " COOKIE);
	assert_no_mailbox("+1000 " COOKIE);
	assert_no_mailbox("1000000000000000000000 " COOKIE);
}

#define assert_no_window(value) \
	assert_line("window " value, "window " value ": not the bounds of a range")

static void test_window(void **state)
{
	(void)state;
	assert_line("window 0x1000", "window 0x1000: no end");
	assert_no_window("0x1000 0x1000");
	assert_no_window("0x2000 0x1000");
	assert_no_window("0x1000 0x2001");
	assert_no_window("0x1800 0x3000");
	assert_no_window("0x1000 0x2000 ");
	assert_no_window(" 0x2000");
	assert_no_window("x1000 0x2000");
	assert_no_window("0 10000000001000");
	assert_no_window("0 99999999999999999000");
}

#define assert_no_number(value) \
	assert_line("ram-pages " value, "ram-pages " value ": not a number of pages")

static void test_numbers_and_release(void **state)
{
	(void)state;
	assert_no_number("0");
	assert_no_number("12k");
	assert_no_number("-5");
	assert_no_number("");
	assert_no_number("0x10");
	assert_no_number("1099511627777");
	assert_no_number("18446744073709551617");
	assert_line("release a\tb", "release has byte 0x9 at 1");
	assert_line("release \xe4", "release has byte 0xe4 at 0");
	assert_line("release xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    "release of 64 bytes, at most 63");
}

static void test_targets(void **state)
{
	char text[1024] = FIRST, why[WHY_SIZE];
	struct session s;

	(void)state;
	assert_line("target part:/dev/a", "target part:/dev/a: no id");
	assert_line("target part:/dev/a 12", "target part:/dev/a: its id 12 has not 32 hex digits");
	assert_line("target part:/dev/a " ID " x",
		    "target part:/dev/a: its id " ID " x has not 32 hex digits");
	assert_line("target nfs:a " ID, "target nfs:a: kind unknown, " KINDS_KNOWN);
	assert_line("target  " ID, "target : kind unknown, " KINDS_KNOWN);
	assert_line("target part:vdb " ID, "target part:vdb: neither /dev/NAME nor ID=");
	assert_line("target part:/dev/a\tb " ID, "target part:/dev/a: byte 0x9 at 6");
	for (int i = 0; i < SESSION_TARGETS; i++)
		strcat(text, "target part:/dev/a " ID "\n");
	assert_int_equal(parse(text, &s, why), -1);
	assert_non_null(strstr(why, "one is missing"));
	assert_int_equal(s.ntargets, SESSION_TARGETS);
	strcat(text, "target part:/dev/b " ID "\n");
	assert_refused(parse(text, &s, why), why,
		       "session line 10: target part:/dev/b " ID ": more than 8 targets");
}

static void test_free_pages(void **state)
{
	static const struct { const char *line; bool leave_out; enum free_fill fill; } good[] = {
		{ "", false, FREE_LEAVE },
		{ "free-pages save\n", false, FREE_LEAVE },
		{ "free-pages leave\n", true, FREE_LEAVE },
		{ "free-pages zero\n", true, FREE_ZERO },
		{ "free-pages poison\n", true, FREE_POISON },
		{ "free-pages zero\nfree-pages save\n", false, FREE_LEAVE },
	};
	char text[1024], why[WHY_SIZE];
	struct session s;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		snprintf(text, sizeof text, "%s%s", GOOD, good[i].line);
		assert_passes(parse(text, &s, why), why);
		assert_int_equal(s.leave_out_free, good[i].leave_out);
		assert_int_equal(s.free_fill, good[i].fill);
	}
	assert_line("free-pages yes", "free-pages yes: none of leave, zero, poison and save");
	assert_line("free-pages ", "free-pages : none of leave, zero, poison and save");
	assert_line("free-pages zeroes", "free-pages zeroes: none of leave, zero, poison and save");
}

static void test_guards(void **state)
{
	char text[8192] = FIRST, line[160] = "guard /dev/", why[WHY_SIZE];
	struct session s;

	(void)state;
	assert_line("guard vda", "guard vda: not /dev/NAME");
	assert_line("guard  xfs " ID " 1", "guard : not /dev/NAME");
	assert_line("guard /dev/", "guard /dev/: not /dev/NAME");
	assert_line("guard /dev/../etc", "guard /dev/../etc: not /dev/NAME");
	assert_line("guard /dev/a\x1b[2J", "guard /dev/a: not /dev/NAME");
	assert_line("guard /dev/a", "guard /dev/a: not NAME TYPE ID SIZE");
	assert_line("guard /dev/a xfs " ID, "guard /dev/a: not NAME TYPE ID SIZE");
	assert_line("guard /dev/a zfs " ID " 9",
		    "guard /dev/a: type zfs, id " ID ", size 9: not a device");
	assert_line("guard /dev/a xfs 12 9", "guard /dev/a: type xfs, id 12, size 9: not a device");
	assert_line("guard /dev/a xfs " ID " 0",
		    "guard /dev/a: type xfs, id " ID ", size 0: not a device");
	assert_line("guard /dev/a xfs " ID " 9 9",
		    "guard /dev/a: 9: the word known there is removable");
	assert_line("guard /dev/a xfs " ID " 9 ",
		    "guard /dev/a: : the word known there is removable");
	assert_line("guard /dev/a xfs " ID " 9 removable ",
		    "guard /dev/a: removable : the word known there is removable");
	memset(line + 11, 'a', 58);	/* 63 characters */
	strcat(strcat(text, line), " ext4 " ID " 1\n");
	assert_int_equal(parse(text, &s, why), -1);
	assert_non_null(strstr(why, "one is missing"));
	assert_int_equal(strlen(s.guards[0].name), GUARD_NAME - 1);
	strcat(strcpy(text, FIRST), strcat(line, "a ext4 " ID " 1\n"));
	assert_refused(parse(text, &s, why), why,
		       "session line 2: guard %.60s...: 64 characters, at most 63", line + 6);
	strcpy(text, FIRST);
	for (uint32_t i = 0; i < IMAGE_MAX_GUARDS; i++)
		strcat(text, "guard /dev/a swap " ID " 1\n");
	assert_int_equal(parse(text, &s, why), -1);
	assert_non_null(strstr(why, "one is missing"));
	strcat(text, "guard /dev/b swap " ID " 1\n");
	assert_refused(parse(text, &s, why), why,
		       "session line 66: guard /dev/b: more than 64 guards");
}

/* B tells A of a mistake through the mailbox above it. */
static void test_above_a_mistake(void **state)
{
	struct session s;
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse(FIRST "mailbox 0x5000 " COOKIE "\ncodec none\nnonsense here\nid " ID,
			     &s, why), why, "session line 4: nonsense: unknown key");
	assert_int_equal(s.mailbox, 0x5000);
	assert_int_equal(s.cookie[15], 0);
	assert_non_null(s.codec);
	/* Nor does the mistake touch it. */
	assert_refused(
		parse(FIRST "mailbox 0x5000 " COOKIE "\nmailbox 0x6000 1234\n", &s, why), why,
		"session line 3: mailbox 0x6000 1234: not the address of a page and a cookie");
	assert_int_equal(s.mailbox, 0x5000);
	assert_int_equal(s.cookie[0], 0xff);
}

int session_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_what_may_be_left_out),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_first_line),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_codecs),
		cmocka_unit_test(test_mailbox),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_numbers_and_release),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_free_pages),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_above_a_mistake),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
