// SPDX-License-Identifier: GPL-2.0-only
/* session.c - parse command line and session file; every byte of them is hostile */
#include <stdlib.h>
#include <string.h>

#include "../image/fsprobe.h"
#include "../image/refuse.h"
#include "session.h"

int mode_parse(char *cmdline, struct request *req, char *why)
{
	int ret = 0;
	bool named = false;
	char *word, *rest = cmdline;

	memset(req, 0, sizeof *req);
	while ((word = strsep(&rest, " \t\n"))) {
		struct target_spec spec;

		if (!strcmp(word, "khib.save")) {
			req->mode = MODE_SAVE;
		} else if (!strcmp(word, "khib.counted")) {
			req->counted = true;
		} else if (!strcmp(word, "khib.shell")) {
			req->shell = true;
		} else if (!strncmp(word, "khib.resume=", 12)) {
			named = true;
			if (target_parse(word + 12, &spec, why) < 0) {
				ret = -1;
				continue;
			}
			req->mode = MODE_RESUME;
			req->target = spec;
		} else if (!strncmp(word, "khib.id=", 8)) {
			/* khib.resume= resets the target: an id before it would get lost. */
			if (!named)
				ret = refuse(why, "khib.id=%.60s: no khib.resume= before it",
					     word + 8);
			else if (!id_parse(word + 8, req->target.id))
				ret = refuse(why, "khib.id=%.60s: an id has 32 hex digits",
					     word + 8);
			else
				req->target.has_id = true;
		} else if (!strncmp(word, "khib.net=", 9)) {
			if (net_spec_parse(word + 9, &req->net, why) < 0)
				ret = -1;
		} else if (!strncmp(word, "khib.", 5)) {
			ret = refuse(why, "%.60s: unknown parameter", word);
		}
	}
	return ret;
}

static bool number(const char *text, int base, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*value = strtoull(text, &end, base);
	return !*end;
}

static int take_mailbox(struct session *s, char *cookie, char *why)
{
	const char *page = strsep(&cookie, " ");
	uint8_t bytes[sizeof s->cookie];
	uint64_t address;

	if (!cookie)
		return refuse(why, "mailbox %.40s: no cookie", page);
	if (!number(page, 16, &address) || !address || address % IMAGE_BLOCK ||
	    address / IMAGE_BLOCK >= IMAGE_MAX_PFN || !id_parse(cookie, bytes))
		return refuse(why, "mailbox %.40s %.40s: not the address of a page and a cookie",
			      page, cookie);
	s->mailbox = address;
	memcpy(s->cookie, bytes, sizeof bytes);
	return 0;
}

static int take_target(struct session *s, char *id, char *why)
{
	struct target_spec *spec = &s->targets[s->ntargets];
	const char *text;

	if (s->ntargets == SESSION_TARGETS)
		return refuse(why, "target %.60s: more than %d targets", id, SESSION_TARGETS);
	text = strsep(&id, " ");
	if (!id)
		return refuse(why, "target %.60s: no id", text);
	if (target_parse(text, spec, why) < 0)
		return -1;
	if (!id_parse(id, spec->id))
		return refuse(why, "target %.60s: its id %.40s has not 32 hex digits", text, id);
	spec->has_id = spec->made = true;
	s->ntargets++;
	return 0;
}

static int take_window(struct session *s, char *end, char *why)
{
	const char *start = strsep(&end, " ");
	struct ram_range *w = &s->window;

	if (!end)
		return refuse(why, "window %.40s: no end", start);
	if (!number(start, 16, &w->start) || !number(end, 16, &w->end) ||
	    w->start % IMAGE_BLOCK || w->end % IMAGE_BLOCK || w->start >= w->end ||
	    w->end / IMAGE_BLOCK > IMAGE_MAX_PFN)
		return refuse(why, "window %.40s %.40s: not the bounds of a range", start, end);
	return 0;
}

static int take_release(struct session *s, const char *value, char *why)
{
	if (strlen(value) >= sizeof s->release)
		return refuse(why, "release of %zu bytes, at most %zu", strlen(value),
			      sizeof s->release - 1);
	if (text_check("release", value, sizeof s->release, why) < 0)
		return -1;
	strcpy(s->release, value);
	return 0;
}

static int take_free_pages(struct session *s, const char *value, char *why)
{
	static const char *const fills[] = SESSION_FILLS;
	size_t i = 0, n = sizeof fills / sizeof *fills;

	while (i < n && strcmp(value, fills[i]))
		i++;
	if (i == n && strcmp(value, SESSION_FILL_SAVE))
		return refuse(why, "free-pages %.40s: none of leave, zero, poison and save", value);
	s->leave_out_free = i < n;
	s->free_fill = i < n ? i : FREE_LEAVE;
	return 0;
}

static int take_guard(struct session *s, char *value, char *why)
{
	struct image_guard *g = &s->guards[s->nguards];
	char *flag = value, *name = strsep(&flag, " "), *type = strsep(&flag, " ");
	char *id = strsep(&flag, " "), *size = strsep(&flag, " ");
	size_t len = strlen(name), good = strspn(name, DEVICE_CHARS);

	if (s->nguards == IMAGE_MAX_GUARDS)
		return refuse(why, "guard %.60s: more than %u guards", name, IMAGE_MAX_GUARDS);
	if (len >= sizeof g->name)
		return refuse(why, "guard %.60s...: %zu characters, at most %zu", name, len,
			      sizeof g->name - 1);
	if (good < len || strncmp(name, "/dev/", 5) || !name[5] || strstr(name, "/.."))
		return refuse(why, "guard %.*s: not /dev/NAME", (int)(good < 60 ? good : 60), name);
	if (!size)
		return refuse(why, "guard %.60s: not NAME TYPE ID SIZE", name);
	g->type = guard_type_by_name(type);
	if (!g->type || !id_parse(id, g->uuid) || !number(size, 10, &g->size) || !g->size)
		return refuse(why, "guard %.60s: type %.20s, id %.40s, size %.20s: not a device",
			      name, type, id, size);
	if (flag && strcmp(flag, SESSION_REMOVABLE))
		return refuse(why, "guard %.60s: %.20s: the word known there is removable", name,
			      flag);
	g->flags = flag ? GUARD_REMOVABLE : 0;
	strcpy(g->name, name);
	s->nguards++;
	return 0;
}

static int take_either(const char *key, const char *value, const char *first, const char *second,
		       bool *is_first, char *why)
{
	*is_first = !strcmp(value, first);
	return *is_first || !strcmp(value, second) ? 0 :
	       refuse(why, "%s %.40s: neither %s nor %s", key, value, first, second);
}

static int take(struct session *s, const char *key, char *value, char *why)
{
	if (!strcmp(key, SESSION_MAILBOX))
		return take_mailbox(s, value, why);
	if (!strcmp(key, SESSION_TARGET))
		return take_target(s, value, why);
	if (!strcmp(key, SESSION_WINDOW))
		return take_window(s, value, why);
	if (!strcmp(key, SESSION_NET))
		return net_spec_parse(value, &s->net, why);
	if (!strcmp(key, SESSION_FREE_PAGES))
		return take_free_pages(s, value, why);
	if (!strcmp(key, SESSION_RELEASE))
		return take_release(s, value, why);
	if (!strcmp(key, SESSION_GUARD))
		return take_guard(s, value, why);
	if (!strcmp(key, SESSION_ID))
		return id_parse(value, s->id) ? 0 :
		       refuse(why, "id %.40s: not 32 hex digits", value);
	if (!strcmp(key, SESSION_RAM_PAGES))
		return number(value, 10, &s->ram_pages) && s->ram_pages &&
		       s->ram_pages <= IMAGE_MAX_PFN ? 0 :
		       refuse(why, "ram-pages %.40s: not a number of pages", value);
	if (!strcmp(key, SESSION_CODEC)) {
		s->codec = NULL;
		s->codec_auto = !strcmp(value, "auto");
		return s->codec_auto ? 0 : codec_parse(value, &s->codec, &s->codec_level, why);
	}
	if (!strcmp(key, SESSION_VERIFY))
		return take_either(key, value, "yes", "no", &s->verify, why);
	if (!strcmp(key, SESSION_ATA))
		return take_either(key, value, "yes", "no", &s->ata, why);
	if (!strcmp(key, SESSION_END))
		return take_either(key, value, "poweroff", "reboot", &s->power_off, why);
	return refuse(why, "%.40s: unknown key", key);
}

int session_parse(char *text, struct session *s, char *why)
{
	static const uint8_t no_id[16];
	char what[WHY_SIZE], *line, *value;
	int lineno = 1;

	memset(s, 0, sizeof *s);
	s->ata = s->power_off = true;
	line = strsep(&text, "\n");
	if (strcmp(line, SESSION_FIRST))
		return refuse(why, "session line 1: '%.40s', expected '" SESSION_FIRST "'", line);
	while ((line = strsep(&text, "\n"))) {
		lineno++;
		if (!*line)
			continue;
		value = strchr(line, ' ');
		if (!value)
			return refuse(why, "session line %d: '%.40s' has no value", lineno, line);
		*value++ = 0;
		if (take(s, line, value, what) < 0)
			return refuse(why, "session line %d: %.150s", lineno, what);
	}
	if (!s->ntargets || (!s->codec && !s->codec_auto) || !s->ram_pages || !s->window.end ||
	    !memcmp(s->id, no_id, sizeof no_id))
		return refuse(why,
			      "session: %d lines, of target, window, codec, ram-pages and id one "
			      "is missing", lineno);
	return 0;
}
