// SPDX-License-Identifier: GPL-2.0-only
/* io.c - text files, of procfs above all, read line by line */
#include <sys/mman.h>
#include <unistd.h>

#include "../../base/io.h"
#include "fakes.h"

/* A file of this text, by a path; the number of its descriptor is in it. */
static void make(const char *text, size_t len, char path[32])
{
	int fd = memfd_create("text", 0);

	assert_int_equal(write(fd, text, len), len);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

struct taken {
	size_t lines, bytes;
	const char *last;	/* take no more after this one */
	char line[16];
};

static bool take(char *line, void *arg)
{
	struct taken *t = arg;

	t->lines++;
	t->bytes += strlen(line);
	snprintf(t->line, sizeof t->line, "%s", line);
	*line = '!';		/* it is the taker's */
	return t->last && !strcmp(t->line, t->last);
}

static void test_lines(void **state)
{
	struct taken t = { 0 };
	char path[32];

	(void)state;
	make("one\n\nthree", 10, path);
	assert_int_equal(read_lines(path, take, &t), 0);
	assert_int_equal(t.lines, 3);
	assert_string_equal(t.line, "three");
	t = (struct taken){ .last = "" };
	assert_int_equal(read_lines(path, take, &t), 1);
	assert_int_equal(t.lines, 2);
	make("", 0, path);
	t = (struct taken){ 0 };
	assert_int_equal(read_lines(path, take, &t), 0);
	assert_int_equal(t.lines, 0);
}

/* Longer than any buffer: no line is hidden. */
static void test_long_file(void **state)
{
	enum { LINES = 5000 };
	char path[32], *text = malloc(LINES * 40), *p = text;
	struct taken t = { 0 };

	(void)state;
	for (int i = 0; i < LINES; i++)
		p += sprintf(p, "%*d\n", 1 + i % 37, i);
	make(text, p - text, path);
	assert_int_equal(read_lines(path, take, &t), 0);
	assert_int_equal(t.lines, LINES);
	assert_int_equal(t.bytes, p - text - LINES);
	t = (struct taken){ .last = "4995" };	/* the last one without blanks before it */
	assert_int_equal(read_lines(path, take, &t), 1);
	assert_int_equal(t.lines, 4996);
	free(text);
}

static void test_refuses(void **state)
{
	char path[32], line[9000];
	struct taken t = { 0 };

	(void)state;
	memset(line, 'x', sizeof line);
	line[8191] = '\n';
	make(line, 8192, path);
	assert_int_equal(read_lines(path, take, &t), 0);
	assert_int_equal(t.bytes, 8191);
	line[8191] = 'x';
	make(line, sizeof line, path);
	assert_fails(read_lines(path, take, &t), "read %s: a line of more than 8192 bytes", path);
	assert_fails(read_lines("/nowhere", take, &t), "open /nowhere: No such file or directory");
	assert_fails(read_lines("/tmp", take, &t), "read /tmp: Is a directory");
}

int io_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_file),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
