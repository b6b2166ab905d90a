// SPDX-License-Identifier: GPL-2.0-only
/* progress.c - a screen gets one line that redraws itself, a serial log one line each 10 % */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "log.h"
#include "machine.h"
#include "progress.h"

#define REDRAW_MS 200u
#define STEP 10u

/*
 * A command's screen is its terminal.  The helper's init has the console, and
 * whether that is a screen tells the last of its names: "ttyS0 tty0".
 */
static int screen(void)
{
	char text[256], *last;

	if (getpid() != 1)
		return isatty(2) ? 2 : -1;
	if (read_text("/sys/class/tty/console/active", text, sizeof text) < 0)
		return -1;
	last = strrchr(text, ' ');
	last = last ? last + 1 : text;
	if (strncmp(last, "tty", 3) || last[3] < '0' || last[3] > '9')
		return -1;
	return open("/dev/console", O_WRONLY | O_CLOEXEC);
}

void progress_start(struct progress *p, const char *what, uint64_t total)
{
	*p = (struct progress){ .what = what, .total = total, .start = now_ms(), .tty = screen() };
}

static unsigned int mib_per_s(const struct progress *p, uint64_t done)
{
	uint64_t ms = now_ms() - p->start;

	return done / 1024 * 1000 / (ms ? ms : 1) / 1024;
}

void progress_show(struct progress *p, uint64_t done)
{
	unsigned int percent = p->total ? done / 1024 * 100 / (p->total / 1024 + 1) : 0;
	unsigned int rate = mib_per_s(p, done), left;
	uint64_t now = now_ms();
	char line[96];
	int n;

	left = rate ? (p->total - done) / (1024 * 1024) / rate : 0;
	if (p->tty < 0) {
		if (percent < p->percent + STEP)
			return;
		p->percent = percent - percent % STEP;
		memfree_sample();
		info("%s: %u %%, %u MiB/s, %u s left", p->what, percent, rate, left);
		return;
	}
	if (now - p->shown < REDRAW_MS)
		return;
	p->shown = now;
	memfree_sample();
	n = snprintf(line, sizeof line, "\r%.20s: %3u %%  %u MiB/s  %u s left%s%.20s   ",
		     p->what, percent, rate, left, p->hint ? "  " : "", p->hint ? p->hint : "");
	if (write(p->tty, line, n) < 0)
		p->tty = -1;	/* nobody to show it to; the log still says the end */
}

void progress_end(struct progress *p, uint64_t done)
{
	uint64_t ms = now_ms() - p->start;

	if (p->tty >= 0 && write(p->tty, "\r\033[K", 4) < 0)
		p->tty = -1;
	if (p->tty > 2)
		close(p->tty);
	info("%s: %llu MiB in %llu.%02llu s, %u MiB/s", p->what,
	     (ull)(done / (1024 * 1024)), (ull)(ms / 1000),
	     (ull)(ms % 1000 / 10), mib_per_s(p, done));
}
