// SPDX-License-Identifier: GPL-2.0-only
/* log.c - one write(2) a line, to the kernel's log or to standard error */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

enum { FAILURE = 3, INFO = 5 };		/* levels of printk: the helper boots with loglevel=6 */

static int log_fd = 2;
static const char *log_program = "khib";
static bool hushed;
static char kept[3072];
static char last_failure[256];

void log_to_stderr(const char *program)
{
	log_fd = 2;
	log_program = program;
}

void log_to_kmsg(void)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fail("open /dev/kmsg, going on with the console:");
	else
		log_fd = fd;
	log_program = "hibernate";
}

void log_hush(bool hush)
{
	hushed = hush;
}

/* Add a line, which has no newline yet; the oldest ones go to make room. */
static void keep(const char *line)
{
	size_t len = strlen(line) + 1, have = strlen(kept);

	while (have + len >= sizeof kept) {
		const char *second = strchr(kept, '\n');

		if (!second)
			return;
		have -= second + 1 - kept;
		memmove(kept, second + 1, have + 1);
	}
	snprintf(kept + have, sizeof kept - have, "%s\n", line);
}

static void say(int level, const char *fmt, va_list ap)
{
	const char *why = fmt[strlen(fmt) - 1] == ':' ? strerror(errno) : "";
	char text[256], line[400];
	int n;

	vsnprintf(text, sizeof text, fmt, ap);
	if (*why)
		snprintf(text + strlen(text), sizeof text - strlen(text), " %.60s", why);
	if (level == FAILURE)
		snprintf(last_failure, sizeof last_failure, "%s", text);

	keep(text);
	if (hushed)
		return;
	if (log_fd == 2)
		n = snprintf(line, sizeof line, "%s: %s\n", log_program, text);
	else
		n = snprintf(line, sizeof line, "<%d>%s: %s\n", level, log_program, text);
	if (write(log_fd, line, n) < 0)
		write(2, line, n);
}

void info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(INFO, fmt, ap);
	va_end(ap);
}

int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(FAILURE, fmt, ap);
	va_end(ap);
	return -1;
}

void log_adopt(const char *failure)
{
	snprintf(last_failure, sizeof last_failure, "%s", failure);
	keep(failure);
}

const char *log_text(void)
{
	return kept;
}

const char *log_last_failure(void)
{
	return last_failure;
}
