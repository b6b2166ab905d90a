// SPDX-License-Identifier: GPL-2.0-only
/* report.c - back in this system: say what happened, to the user and to the log */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../targets/image.h"
#include "../base/log.h"
#include "../image/refuse.h"
#include "carry-out.h"

#define LINE 400

/* To the journal.  false: nobody listens there. */
static bool to_syslog(const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	struct timeval limit = { .tv_sec = 1 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool sent = fd >= 0 &&
		    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
		    connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
		    write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return sent;
}

/*
 * To the log, and to the user on this descriptor unless it is -1: a terminal may
 * have gone with the user.  The kernel's log takes ten lines by one descriptor
 * (printk_ratelimit): each has its own.
 */
static void say(int to, const char *line)
{
	char text[LINE + 32];

	snprintf(text, sizeof text, "<13>kexec-hibernate: %s", line);	/* user.notice */
	if (!to_syslog(text) && sys_write("/dev/kmsg", text) < 0)
		info("write /dev/kmsg:");
	if (to >= 0)
		dprintf(to, "%s\n", line);
}

/* Text of another kernel, line by line; nothing in it may reach the terminal but text. */
static void lines(int to, const char *text, size_t len)
{
	char line[LINE];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n')
			line[n++] = text_char(text[i]);
		if (n && (text[i] == '\n' || n == sizeof line - 1 || i == len - 1)) {
			line[n] = 0;
			n = 0;
			say(to, line);
		}
	}
}

const char *mailbox_value(const char *text, const char *key)
{
	size_t n = strlen(key), len;
	char *value;

	for (; *text && *text != '\n'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len <= n || strncmp(text, key, n) || text[n] != ' ')
			continue;
		value = sys_format("%.*s", (int)(len - n - 1), text + n + 1);
		for (char *p = value; *p; p++)
			*p = text_char(*p);
		return value;
	}
	return "";
}

static ull number(const char *text, const char *key)
{
	return strtoull(mailbox_value(text, key), NULL, 10);
}

/* What the helper said while it saved is in the image of this session.  Is it in this target? */
static bool report_save(const struct target_spec *spec, const uint8_t session[16])
{
	struct image img = { .target.kind = NULL };
	struct target t = { .kind = NULL };
	struct image_head h;

	if (target_find(spec, false, DEVICE_BACK_MS, &t) < 0 || target_read_head(&t, &h) < 0 ||
	    !head_has_magic(&h) || memcmp(h.session, session, sizeof h.session)) {
		target_close(&t);
		return false;
	}
	if (image_open(&img, &t, IMAGE_LOOK) == 0)
		lines(-1, img.tail.log, img.tail.tail->log_bytes);
	image_close(&img);
	return true;
}

void report(const char *text, bool resumed, const struct plan *plan)
{
	const char *said = strstr(text, "\n\n");
	const char *message = mailbox_value(text, "message");
	ull restore = number(text, "restore-ms"), save = number(text, "save-ms");
	char line[LINE];
	int i = 0;

	while (resumed && i < plan->conf.ntargets &&
	       !report_save(&plan->conf.targets[i].spec, plan->id))
		i++;
	if (resumed && i == plan->conf.ntargets)
		say(-1, "what the helper said while it saved is on no target");
	if (said)
		lines(1, said + 2, strlen(said + 2));
	if (resumed)
		snprintf(line, sizeof line,
			 "resumed: %llu MiB restored in %llu.%llu s, saved in %llu.%llu s",
			 number(text, "bytes") >> 20, restore / 1000, restore % 1000 / 100,
			 save / 1000, save % 1000 / 100);
	else
		snprintf(line, sizeof line, "not hibernated: %.300s",
			 *message ? message : "the helper gave no reason");
	say(resumed ? 1 : 2, line);
}
