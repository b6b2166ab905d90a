// SPDX-License-Identifier: GPL-2.0-only
/* state.c - khimage state: what a target holds, by its head alone, for scripts */
#include <stdio.h>
#include <string.h>

#include "../base/helper-cmdline.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/codec.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "json.h"
#include "khimage.h"
#include "open.h"

/* The same fields go to lines "key value" and to JSON, there with '_' for '-'. */
struct fields {
	bool as_json;
	struct json json;
};

static const char *json_key(const char *key)
{
	static char name[32];

	snprintf(name, sizeof name, "%s", key);
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

static void text(struct fields *f, const char *key, const char *value)
{
	if (f->as_json)
		json_text(&f->json, json_key(key), value);
	else
		printf("%s %s\n", key, value);
}

static void number(struct fields *f, const char *key, uint64_t value)
{
	if (f->as_json)
		json_number(&f->json, json_key(key), value);
	else
		printf("%s %llu\n", key, (unsigned long long)value);
}

static void address(struct fields *f, const char *key, uint64_t value)
{
	if (f->as_json)
		json_number(&f->json, json_key(key), value);
	else
		printf("%s %#llx\n", key, (unsigned long long)value);
}

/* As the configuration has it.  The head may be one whose image was never checked. */
static void print_codec(struct fields *f, const struct image_head *h)
{
	const char *codec = codec_name(h->codec);
	char name[32];

	if (!codec)
		snprintf(name, sizeof name, "%u, not built in", h->codec);
	else if (h->codec_level)
		snprintf(name, sizeof name, "%s:%u", codec, h->codec_level);
	else
		snprintf(name, sizeof name, "%s", codec);
	text(f, "codec", name);
}

/* The boot script adds the configured parameters.  Without this line it starts no helper. */
static void print_parameters(struct fields *f, const struct image_head *h)
{
	char own[4096], parameters[HELPER_CMDLINE_SIZE], why[WHY_SIZE];
	struct helper_cmdline want = {
		.window = { h->window_start, h->window_end }, .paging_levels = h->cpu.paging_levels,
		.memmap = true, .no_ata = h->no_ata, .own = own, .extra = "",
	};

	if (read_text("/proc/cmdline", own, sizeof own) < 0)
		return;
	if (helper_cmdline(&want, parameters, why) < 0)
		fail("%s", why);
	else
		text(f, "parameters", parameters);
}

static void print_head(struct fields *f, const struct image_head *h)
{
	char why[WHY_SIZE], id[33], session[33];

	id_format(h->target_id, id);
	id_format(h->session, session);
	text(f, "state", state_name(h->state));
	text(f, "id", id);
	text(f, "session", session);
	number(f, "time", h->time);
	number(f, "ended", h->ended);
	number(f, "told", h->told);
	number(f, "attempts", h->attempts);
	address(f, "window-start", h->window_start);
	address(f, "window-end", h->window_end);
	address(f, "entry", h->entry);
	address(f, "mailbox", h->mailbox);
	number(f, "paging-levels", h->cpu.paging_levels);
	number(f, "bytes", h->tail_offset + h->tail_length);
	print_codec(f, h);
	text(f, "release", h->release);
	text(f, "resumable", head_resumable(h, false, why) < 0 ? why : "yes");
	if (*h->reason)
		text(f, "reason", h->reason);
	if (h->state == IMAGE_ARMED || h->state == IMAGE_RESUMING)
		print_parameters(f, h);
}

/* Of an image of another version only what has its place in all of them. */
static void print_foreign(struct fields *f, const struct image_head *h)
{
	char why[WHY_SIZE], id[33];

	head_check(h, why);
	id_format(h->target_id, id);
	text(f, "state", "foreign");
	text(f, "id", id);
	text(f, "live", state_is_live(h->state) ? "yes" : "no");
	text(f, "reason", why);
}

static void print_target(struct fields *f, const struct target *t, const struct image_head *h,
			 int found)
{
	char why[WHY_SIZE];

	text(f, "device", t->name);
	number(f, "size", t->size);
	if (found == NO_IMAGE) {
		text(f, "state", "none");
	} else if (head_foreign(h)) {
		print_foreign(f, h);
	} else if (head_check(h, why) < 0) {
		text(f, "state", "damaged");
		text(f, "reason", why);
	} else {
		print_head(f, h);
	}
}

int state_command(int argc, char **argv)
{
	struct fields f = { .json = { .out = stdout } };
	struct target t = { .fd = -1 };
	struct image_head h;
	int found;

	f.as_json = take_option(&argc, &argv, "--json");
	if (argc != 1)
		return USAGE;
	found = open_head(*argv, false, &t, &h);
	if (found != FAILED) {
		if (f.as_json)
			json_object(&f.json, NULL);
		print_target(&f, &t, &h, found);
		if (f.as_json)
			json_object_end(&f.json);
	}
	target_close(&t);
	return found == FAILED ? FAILED : OK;
}
