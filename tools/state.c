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
#include "json.h"
#include "khimage.h"

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
	json_text(j, "codec", name);
}

/* The boot script adds the configured parameters.  Without this line it starts no helper. */
static void print_parameters(struct json *j, const struct image_head *h)
{
	char own[4096], parameters[HELPER_CMDLINE_SIZE], why[WHY_SIZE];
	struct helper_cmdline want = {
		.window = h->window, .paging_levels = h->cpu.paging_levels,
		.memmap = true, .no_ata = h->no_ata, .own = own, .extra = "",
	};

	if (read_text("/proc/cmdline", own, sizeof own) < 0)
		return;
	if (helper_cmdline(&want, parameters, why) < 0)
		fail("%s", why);
	else
		json_text(j, "parameters", parameters);
}

static void print_head(struct json *j, const struct image_head *h)
{
	char why[WHY_SIZE];

	json_text(j, "state", state_name(h->state));
	json_id(j, "id", h->target_id);
	json_id(j, "session", h->session);
	json_number(j, "time", h->time);
	json_number(j, "ended", h->ended);
	json_number(j, "told", h->told);
	json_number(j, "attempts", h->attempts);
	json_address(j, "window-start", h->window.start);
	json_address(j, "window-end", h->window.end);
	json_address(j, "entry", h->entry);
	json_address(j, "mailbox", h->mailbox);
	json_number(j, "paging-levels", h->cpu.paging_levels);
	json_number(j, "bytes", h->tail_offset + h->tail_length);
	print_codec(j, h);
	json_text(j, "release", h->release);
	json_text(j, "resumable", head_resumable(h, false, why) < 0 ? why : "yes");
	if (*h->reason)
		json_text(j, "reason", h->reason);
	if (h->state == IMAGE_ARMED || h->state == IMAGE_RESUMING)
		print_parameters(j, h);
}

static void print_target(struct json *j, const struct target *t, const struct image_head *h)
{
	char why[WHY_SIZE], place[TARGET_PLACE];
	bool known = head_check(h, why) == 0;

	target_place(t, place);
	json_text(j, "device", t->name);
	json_text(j, "place", place);
	json_number(j, "size", t->size);
	if (!head_has_magic(h)) {
		json_text(j, "state", t->disarmed ? "empty" : "none");
	} else if (known) {
		print_head(j, h);
	} else {
		json_text(j, "state", head_foreign(h) ? "foreign" : "damaged");
		/* Of another version only what has its place in all of them. */
		if (head_foreign(h)) {
			json_id(j, "id", h->target_id);
			json_text(j, "live", state_is_live(h->state) ? "yes" : "no");
		}
		json_text(j, "reason", why);
	}
}

int state_command(const struct arguments *a)
{
	struct json j = { .out = stdout, .lines = !(a->options & JSON) };
	struct target t = { .kind = NULL };
	struct image_head h;
	int ret = open_target(a->operands[0], false, &t, &h);

	if (!ret) {
		json_open(&j, NULL, '{');
		print_target(&j, &t, &h);
		json_close(&j, '}');
	}
	target_close(&t);
	return ret < 0 ? FAILED : OK;
}

int log_command(const struct arguments *a)
{
	struct image img;
	int ret = open_image(a->operands[0], &img);

	if (!ret)
		print_log(&img.tail, "");
	image_close(&img);
	return ret;
}

int guard_command(const struct arguments *a)
{
	struct image_guard g;
	char id[33], uuid[GUARD_UUID_TEXT];

	if (guard_read(a->operands[0], &g, true) < 0)
		return FAILED;
	id_format(g.uuid, id);
	guard_uuid_text(&g, uuid);
	printf("guard %s %s %s %llu\nfingerprint %016llx\n", a->operands[0],
	       guard_type_name(g.type), id, (ull)g.size, (ull)g.digest);
	if (*uuid)
		printf("uuid %s\n", uuid);
	return OK;
}
