// SPDX-License-Identifier: GPL-2.0-only
/* json.c - what is written is JSON, whatever the texts hold */
#include "../../tools/json.h"
#include "unit.h"

static char *text;
static size_t size;

static struct json begin(void)
{
	return (struct json){ .out = open_memstream(&text, &size) };
}

static void assert_written(struct json *j, const char *wanted)
{
	fclose(j->out);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_nested(void **state)
{
	struct json j = begin();

	(void)state;
	json_open(&j, NULL, '{');
	json_number(&j, "n", UINT64_MAX);
	json_open(&j, "list", '[');
	json_open(&j, NULL, '{');
	json_flag(&j, "yes", true);
	json_close(&j, '}');
	json_text(&j, NULL, "two");
	json_close(&j, ']');
	json_open(&j, "none", '[');
	json_close(&j, ']');
	json_thousandths(&j, "ratio", 2045);
	json_flag(&j, "no", false);
	json_close(&j, '}');
	assert_written(
		&j, "{\n\t\"n\": 18446744073709551615,\n\t\"list\": [\n\t\t{\n\t\t\t\"yes\": true\n"
		    "\t\t},\n\t\t\"two\"\n\t],\n\t\"none\": [],\n\t\"ratio\": 2.045,\n\t\"no\": "
		    "false\n}\n");
}

static void test_empty(void **state)
{
	struct json j = begin();

	(void)state;
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	assert_written(&j, "{}\n");
}

/* The same calls make lines, in which nothing is quoted. */
static void test_lines(void **state)
{
	struct json j = begin();

	(void)state;
	j.lines = true;
	json_open(&j, NULL, '{');
	json_text(&j, "two-words", "a \"b");
	json_address(&j, "at", 0x4000);
	json_number(&j, "n", 7);
	json_close(&j, '}');
	assert_written(&j, "two-words a \"b\nat 0x4000\nn 7\n");
}

/* One text in an object; what comes out between its quotes. */
static void assert_quoted(const char *bytes, size_t len, const char *wanted)
{
	char *exact = copy_of(bytes, len), whole[256];
	struct json j = begin();

	snprintf(whole, sizeof whole, "{\n\t\"t\": \"%s\"\n}\n", wanted);
	json_open(&j, NULL, '{');
	json_bytes(&j, "t", exact, len);
	json_close(&j, '}');
	assert_written(&j, whole);
	free(exact);
}
#define assert_text(bytes, wanted) assert_quoted(bytes, sizeof bytes - 1, wanted)

static void test_escapes(void **state)
{
	(void)state;
	assert_text("a\"b\\c/d", "a\\\"b\\\\c/d");
	assert_text("\n\t\x1b\x01\x7f", "\\u000a\\u0009\\u001b\\u0001\\u007f");
	assert_text("a\0b", "a\\u0000b");
}

static void test_utf8(void **state)
{
	(void)state;
	assert_text("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		    "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
	assert_text("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
		    "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf");
}

/* Each byte that belongs to no character becomes one U+FFFD. */
static void test_no_utf8(void **state)
{
	(void)state;
	assert_text("\xff", "\\ufffd");
	assert_text("\x80x", "\\ufffdx");
	assert_text("\xc3", "\\ufffd");			/* cut short, at the very end */
	assert_text("\xe2\x82", "\\ufffd\\ufffd");
	assert_text("\xc3(", "\\ufffd(");
	assert_text("\xc0\xaf", "\\ufffd\\ufffd");		/* longer than it need be */
	assert_text("\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd");
	assert_text("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd");	/* a surrogate */
	assert_text("\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd");
}

int json_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_no_utf8),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
