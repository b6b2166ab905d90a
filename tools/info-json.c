// SPDX-License-Identifier: GPL-2.0-only
/* info-json.c - khimage info, for programs: bytes, pages and addresses as numbers */
#include <stdio.h>

#include "../image/refuse.h"
#include "../image/head.h"
#include "info.h"
#include "json.h"

/* As text: readers of JSON do not keep all 64 bits of a number. */
static void hex_field(struct json *j, const char *key, uint64_t value, int digits)
{
	char text[17];

	snprintf(text, sizeof text, "%0*llx", digits, (ull)value);
	json_text(j, key, text);
}

static void range_field(struct json *j, const char *key, uint64_t start, uint64_t end)
{
	json_open(j, key, '{');
	json_number(j, "start", start);
	json_number(j, "end", end);
	json_close(j, '}');
}

static void cpu_field(struct json *j, const struct image_cpu *cpu)
{
	struct cpu_name name = cpu_name(cpu);

	json_open(j, "cpu", '{');
	json_text(j, "vendor", name.vendor);
	json_number(j, "family", name.family);
	json_number(j, "model", name.model);
	json_number(j, "stepping", name.stepping);
	json_number(j, "paging_levels", cpu->paging_levels);
	json_open(j, "features", '[');
	for (size_t i = 0; i < sizeof cpu->features / sizeof *cpu->features; i++)
		hex_field(j, NULL, cpu->features[i], 8);
	json_close(j, ']');
	json_close(j, '}');
}

static void head_fields(struct json *j, const struct image_head *h)
{
	json_id(j, "session", h->session);
	json_number(j, "time", h->time);
	json_text(j, "release", h->release);
	json_text(j, "arch", arch_name(h->arch));
	cpu_field(j, &h->cpu);
	range_field(j, "window", h->window_start, h->window_end);
	range_field(j, "low_memory", h->low_start, h->low_end);
	json_number(j, "entry", h->entry);
	json_number(j, "mailbox", h->mailbox);
	hex_field(j, "ram_digest", h->ram_digest, 16);
	json_number(j, "firmware_ram_bytes", h->ram_bytes);
	json_text(j, "codec", codec_by_id(h->codec)->name);
	json_number(j, "bytes", h->tail_offset + h->tail_length);
}

static void use_fields(struct json *j, const char *name, const struct codec_use *use)
{
	json_open(j, name, '{');
	json_number(j, "chunks", use->chunks);
	json_number(j, "unpacked_bytes", use->unpacked);
	json_number(j, "stored_bytes", use->stored);
	json_thousandths(j, "ratio", shrunk(use));
	json_close(j, '}');
}

static void page_fields(struct json *j, const struct pages *p)
{
	const struct tail_view *tail = &p->img->tail;

	json_open(j, "ram", '[');
	for (uint32_t i = 0; i < tail->tail->nram; i++)
		range_field(j, NULL, tail->ram[i].start, tail->ram[i].end);
	json_close(j, ']');
	json_open(j, "pages", '{');
	json_number(j, "ram", tail->tail->ram_pages);
	for (enum page_class c = 0; c < PAGE_CLASSES; c++)
		json_number(j, class_name(c), class_pages(tail->tail, c));
	json_close(j, '}');
	json_open(j, "chunks", '{');
	json_number(j, "data", p->chunks[CHUNK_DATA]);
	json_number(j, "zero", p->chunks[CHUNK_ZERO]);
	json_number(j, "free", p->chunks[CHUNK_FREE]);
	json_close(j, '}');
	json_open(j, "codecs", '{');
	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++)
		if (p->codecs[i].chunks)
			use_fields(j, codec_by_id(i)->name, &p->codecs[i]);
	json_close(j, '}');
	use_fields(j, "data", &p->data);
	json_bytes(j, "log", tail->log, tail->tail->log_bytes);
}

void info_json(const struct target *t, const struct image_head *h, const struct pages *p)
{
	struct json j = { .out = stdout };
	char why[WHY_SIZE];

	json_open(&j, NULL, '{');
	json_text(&j, "device", t->name);
	json_number(&j, "size", t->size);
	json_id(&j, "id", h->target_id);
	json_text(&j, "state", state_name(h->state));
	json_number(&j, "attempts", h->attempts);
	json_text(&j, "resumable", head_resumable(h, false, why) < 0 ? why : "yes");
	json_text(&j, "reason", h->reason);
	if (p) {
		head_fields(&j, h);
		page_fields(&j, p);
	}
	json_close(&j, '}');
}
