// SPDX-License-Identifier: GPL-2.0-only
/* abandon.c - Esc and Ctrl-Alt-Del */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "abandon.h"
#include "io.h"
#include "log.h"

#define TERMINALS 8
#define ESC 0x1b
#define SEQUENCE_US 20000u	/* the rest of an arrow key comes sooner, at 9600 baud too */

static struct terminal {
	int fd;
	struct termios was;
} terminals[TERMINALS];
static int nterminals;
static volatile sig_atomic_t ctrl_alt_del;
static bool given_up;

static void on_signal(int signal)
{
	(void)signal;
	ctrl_alt_del = 1;
}

/* Each key at once and not echoed. */
static void watch_terminal(const char *name)
{
	struct terminal *t = &terminals[nterminals];
	struct termios raw;
	char path[64];

	if (nterminals == TERMINALS)
		return;
	snprintf(path, sizeof path, "/dev/%.40s", name);
	t->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (t->fd < 0)
		return;
	if (tcgetattr(t->fd, &t->was) < 0) {
		close(t->fd);
		return;
	}
	raw = t->was;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->fd, TCSANOW, &raw);
	nterminals++;
}

void abandon_watch(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	char text[256], *name, *end = text;

	/* The kernel sends it for Ctrl-Alt-Del after LINUX_REBOOT_CMD_CAD_OFF. */
	sigaction(SIGINT, &action, NULL);
	watch_terminal("tty0");
	if (read_text("/sys/class/tty/console/active", text, sizeof text) < 0)
		*text = 0;
	while ((name = strtok_r(end, " \n", &end)))
		if (strcmp(name, "tty0"))
			watch_terminal(name);
}

/* Was it Esc alone, or the start of what an arrow or function key sends? */
static bool pressed_esc(int fd)
{
	unsigned char keys[32];
	ssize_t n = read(fd, keys, sizeof keys);

	for (ssize_t i = 0; i < n; i++) {
		if (keys[i] != ESC)
			continue;
		if (i + 1 == n) {
			usleep(SEQUENCE_US);
			return read(fd, keys, sizeof keys) <= 0;
		}
		if (keys[i + 1] == ESC)
			return true;
		i++;
	}
	return false;
}

bool abandoned(void)
{
	const char *key = ctrl_alt_del ? "Ctrl-Alt-Del" : NULL;

	if (given_up)
		return true;
	for (int i = 0; !key && i < nterminals; i++)
		if (pressed_esc(terminals[i].fd))
			key = "Esc";
	if (!key)
		return false;
	fail("abandoned by the user: %s was pressed", key);
	given_up = true;
	return true;
}

void abandon_end(void)
{
	while (nterminals > 0) {
		struct terminal *t = &terminals[--nterminals];

		tcsetattr(t->fd, TCSANOW, &t->was);
		close(t->fd);
	}
	signal(SIGINT, SIG_IGN);
	ctrl_alt_del = given_up = false;
}
