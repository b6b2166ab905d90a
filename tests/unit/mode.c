// SPDX-License-Identifier: GPL-2.0-only
/* mode.c - the kernel command line: the last mode wins, what is not understood is named */
#include "../../initramfs/session.h"
#include "unit.h"

#define ID "00112233445566778899aabbccddeeff"

/* Parses a copy, which the parser may change. */
static int parse(const char *cmdline, struct request *req, char *why)
{
	char *copy = copy_of(cmdline, strlen(cmdline) + 1);
	int ret;

	memset(req, 0xff, sizeof *req);
	ret = mode_parse(copy, req, why);
	free(copy);
	return ret;
}

static void test_none(void **state)
{
	static const char *const lines[] = {
		"", "\n", "   ", "quiet console=ttyS0 root=/dev/vda\n", "khibsave", "xkhib.save",
		"khib", "quiet\tro  rw \n",
	};
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_passes(parse(lines[i], &req, why), why);
		assert_int_equal(req.mode, MODE_NONE);
		assert_false(req.counted || req.shell || req.target.has_id || *req.target.path);
	}
}

static void test_save(void **state)
{
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse("quiet khib.save\n", &req, why), why);
	assert_int_equal(req.mode, MODE_SAVE);
	assert_false(req.shell);
	assert_passes(parse("khib.shell khib.save", &req, why), why);
	assert_int_equal(req.mode, MODE_SAVE);
	assert_true(req.shell);
}

static void test_resume(void **state)
{
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse("a khib.resume=part:/dev/vdb khib.id=" ID " khib.counted b\n",
			    &req, why), why);
	assert_int_equal(req.mode, MODE_RESUME);
	assert_string_equal(req.target.path, "/dev/vdb");
	assert_true(req.target.has_id);
	assert_int_equal(req.target.id[1], 0x11);
	assert_true(req.counted);
	assert_false(req.shell);
	assert_passes(parse("khib.resume=part:ID=" ID, &req, why), why);
	assert_true(req.target.has_id);
	assert_string_equal(req.target.path, "");
	assert_false(req.counted);
}

static void test_last_wins(void **state)
{
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse("khib.save khib.resume=part:/dev/a", &req, why), why);
	assert_int_equal(req.mode, MODE_RESUME);
	assert_passes(parse("khib.resume=part:/dev/a khib.save", &req, why), why);
	assert_int_equal(req.mode, MODE_SAVE);
	assert_passes(parse("khib.resume=part:/dev/a khib.id=" ID " khib.resume=part:/dev/b",
			    &req, why), why);
	assert_string_equal(req.target.path, "/dev/b");
	assert_false(req.target.has_id);	/* it was the other one's */
}

static void test_refuses(void **state)
{
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse("khib.resume=/dev/vdb", &req, why), why,
		       "target /dev/vdb: kind unknown, " KINDS_KNOWN);
	assert_int_equal(req.mode, MODE_NONE);
	assert_refused(parse("khib.resume=part:vdb", &req, why), why,
		       "target part:vdb: neither /dev/NAME nor ID=");
	assert_refused(parse("khib.resume=part:/dev/a;b", &req, why), why,
		       "target part:/dev/a: byte 0x3b at 6");
	assert_int_equal(req.mode, MODE_NONE);
	assert_string_equal(req.target.path, "");
	assert_refused(parse("khib.resume", &req, why), why, "khib.resume: unknown parameter");
	assert_refused(parse("khib.save=1", &req, why), why, "khib.save=1: unknown parameter");
	assert_refused(parse("khib.", &req, why), why, "khib.: unknown parameter");
	assert_refused(parse("khib.resume=part:/dev/a khib.id=12", &req, why), why,
		       "khib.id=12: an id has 32 hex digits");
	assert_false(req.target.has_id);
	assert_refused(parse("khib.id=" ID " khib.resume=part:/dev/a", &req, why), why,
		       "khib.id=" ID ": no khib.resume= before it");
	assert_refused(parse("khib.id=12", &req, why), why,
		       "khib.id=12: no khib.resume= before it");
	assert_refused(parse("khib.resume=nfs:x khib.id=" ID, &req, why), why,
		       "target nfs:x: kind unknown, " KINDS_KNOWN);
}

/* A slip does not keep A from its return: what was understood is set. */
static void test_rest_is_set(void **state)
{
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse("khib.sav khib.save khib.shell", &req, why), why,
		       "khib.sav: unknown parameter");
	assert_int_equal(req.mode, MODE_SAVE);
	assert_true(req.shell);
	assert_refused(parse("khib.save khib.resume=x", &req, why), why,
		       "target x: kind unknown, " KINDS_KNOWN);
	assert_int_equal(req.mode, MODE_SAVE);
}

static void test_long_words(void **state)
{
	char line[300] = "khib.";
	struct request req;
	char why[WHY_SIZE];

	(void)state;
	memset(line + 5, 'x', sizeof line - 6);
	assert_refused(parse(line, &req, why), why, "%.60s: unknown parameter", line);
	memcpy(line, "khib.resume=part:/dev/", 22);
	assert_refused(parse(line, &req, why), why,
		       "target part:%.40s...: 282 characters, at most 127", line + 17);
}

int mode_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_last_wins),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_rest_is_set),
		cmocka_unit_test(test_long_words),
	};

	return cmocka_run_group_tests_name("mode", tests, NULL, NULL);
}
