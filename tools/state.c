// SPDX-License-Identifier: GPL-2.0-only
/* state.c - khimage state, log and guard: what scripts ask of a target or device */
#include <stdio.h>

#include "../base/guard.h"
#include "../base/helper-cmdline.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/codec.h"
#include "../image/fsprobe.h"
#include "../image/head.h"
#include "../image/refuse.h"
#include "../image/state.h"
#include "json.h"
#include "khimage.h"

/* The same fields go to JSON, or, if j is NULL, to lines "key value". */
static void text(struct json *j, const char *key, const char *value)
{
	if (j)
		json_text(j, key, value);
	else
		printf("%s %s\n", key, value);
}

static void number(struct json *j, const char *key, uint64_t value)
{
	if (j)
		json_number(j, key, value);
	else
		printf("%s %llu\n", key, (ull)value);
}

static void address(struct json *j, const char *key, uint64_t value)
{
	if (j)
		json_number(j, key, value);
	else
		printf("%s %#llx\n", key, (ull)value);
}

/* As the configuration has it.  The head may be one whose image was never checked. */
static void print_codec(struct json *j, const struct image_head *h)
{
	const char *codec = codec_name(h->codec);
	char name[32];

	if (!codec)
		snprintf(name, sizeof name, "%u, not built in", h->codec);
	else if (h->codec_level)
		snprintf(name, sizeof name, "%s:%u", codec, h->codec_level);
	else
		snprintf(name, sizeof name, "%s", codec);
	text(j, "codec", name);
}

/* The boot script adds the configured parameters.  Without this line it starts no helper. */
static void print_parameters(struct json *j, const struct image_head *h)
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
		text(j, "parameters", parameters);
}

static void print_head(struct json *j, const struct image_head *h)
{
	char why[WHY_SIZE], id[33], session[33];

	id_format(h->target_id, id);
	id_format(h->session, session);
	text(j, "state", state_name(h->state));
	text(j, "id", id);
	text(j, "session", session);
	number(j, "time", h->time);
	number(j, "ended", h->ended);
	number(j, "told", h->told);
	number(j, "attempts", h->attempts);
	address(j, "window-start", h->window_start);
	address(j, "window-end", h->window_end);
	address(j, "entry", h->entry);
	address(j, "mailbox", h->mailbox);
	number(j, "paging-levels", h->cpu.paging_levels);
	number(j, "bytes", h->tail_offset + h->tail_length);
	print_codec(j, h);
	text(j, "release", h->release);
	text(j, "resumable", head_resumable(h, false, why) < 0 ? why : "yes");
	if (*h->reason)
		text(j, "reason", h->reason);
	if (h->state == IMAGE_ARMED || h->state == IMAGE_RESUMING)
		print_parameters(j, h);
}

/* Of an image of another version only what has its place in all of them. */
static void print_foreign(struct json *j, const struct image_head *h)
{
	char why[WHY_SIZE], id[33];

	head_check(h, why);
	id_format(h->target_id, id);
	text(j, "state", "foreign");
	text(j, "id", id);
	text(j, "live", state_is_live(h->state) ? "yes" : "no");
	text(j, "reason", why);
}

static void print_target(struct json *j, const struct target *t, const struct image_head *h)
{
	char why[WHY_SIZE];

	text(j, "device", t->name);
	number(j, "size", t->size);
	if (!head_has_magic(h)) {
		text(j, "state", "none");
	} else if (head_foreign(h)) {
		print_foreign(j, h);
	} else if (head_check(h, why) < 0) {
		text(j, "state", "damaged");
		text(j, "reason", why);
	} else {
		print_head(j, h);
	}
}

int state_command(int argc, char **argv)
{
	struct json json = { .out = stdout }, *j;
	struct target t = { .fd = -1 };
	struct image_head h;
	int ret;

	j = take_option(&argc, &argv, "--json") ? &json : NULL;
	if (argc != 1)
		return USAGE;
	ret = open_target(*argv, false, &t, &h);
	if (!ret) {
		if (j)
			json_open(j, NULL, '{');
		print_target(j, &t, &h);
		if (j)
			json_close(j, '}');
	}
	target_close(&t);
	return ret < 0 ? FAILED : OK;
}

int log_command(int argc, char **argv)
{
	struct image img;
	int ret;

	if (argc != 1)
		return USAGE;
	ret = open_image(*argv, &img);
	if (!ret)
		print_log(&img.tail, "");
	image_close(&img);
	return ret;
}

int guard_command(int argc, char **argv)
{
	struct image_guard g;
	char id[33], uuid[GUARD_UUID_TEXT];

	if (argc != 1)
		return USAGE;
	if (guard_read(argv[0], &g) < 0)
		return FAILED;
	id_format(g.uuid, id);
	guard_uuid_text(&g, uuid);
	printf("guard %s %s %s %llu\nfingerprint %016llx\n", argv[0], guard_type_name(g.type), id,
	       (ull)g.size, (ull)g.digest);
	if (*uuid)
		printf("uuid %s\n", uuid);
	return OK;
}
