// SPDX-License-Identifier: GPL-2.0-only
/* info.c - khimage info and verify: what an image says of itself, and whether it is whole */
#include <stdio.h>
#include <time.h>

#include "../image/head.h"
#include "../restorer/restore.h"
#include "json.h"
#include "khimage.h"
#include "pages.h"

#define MIB(bytes) ((double)(bytes) / (1 << 20))

static const char *arch_name(uint32_t arch)
{
	return arch == IMAGE_X86_64 ? "x86_64" : arch == IMAGE_I386 ? "i386" : "unknown";
}

static uint64_t class_pages(const struct image_tail *tail, enum page_class class)
{
	const uint64_t pages[PAGE_CLASSES] = {
		[PAGE_EXCHANGED] = tail->swapped_pages, [PAGE_SAVED] = tail->saved_pages,
		[PAGE_ZERO] = tail->zero_pages, [PAGE_FREE] = tail->free_pages,
	};

	return pages[class];
}

/* How many times smaller, in thousandths; 0 if there is nothing. */
static uint64_t shrunk(const struct chunk_use *use)
{
	return use->stored ? use->unpacked * 1000 / use->stored : 0;
}

static void print_range(const char *name, uint64_t start, uint64_t end)
{
	printf("%-13s0x%llx-0x%llx, %.1f MiB\n", name, (ull)start, (ull)end - 1, MIB(end - start));
}

static void print_time(uint64_t seconds)
{
	time_t t = seconds;
	char text[64];
	struct tm tm;

	if ((uint64_t)t != seconds || !localtime_r(&t, &tm) ||
	    !strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &tm))
		snprintf(text, sizeof text, "%llu s after 1970", (ull)seconds);
	printf("%-13s%s\n", "taken", text);
}

static void print_image(const struct image_head *h)
{
	struct cpu_name cpu = cpu_name(&h->cpu);
	char session[33];

	id_format(h->session, session);
	printf("%-13s%s\n", "session", session);
	print_time(h->time);
	printf("%-13s%u of %u\n", "attempts", h->attempts, HEAD_ATTEMPTS);
	printf("%-13s%s, %s, %u page table levels\n", "kernel", h->release, arch_name(h->arch),
	       h->cpu.paging_levels);
	printf("%-13s%s, family %u, model %u, stepping %u\n", "CPU", cpu.vendor, cpu.family,
	       cpu.model, cpu.stepping);
	print_range("window", h->window.start, h->window.end);
	print_range("low memory", h->low.start, h->low.end);
	printf("%-13s0x%llx", "entry", (ull)h->entry);
	if (h->mailbox)
		printf("; mailbox 0x%llx\n", (ull)h->mailbox);
	else
		printf("; no mailbox\n");
	printf("%-13s%.1f MiB, codec %s\n", "image", MIB(h->tail_offset + h->tail_length),
	       codec_by_id(h->codec)->name);
}

static void print_pages(const struct image_tail *tail)
{
	uint64_t all = tail->ram_pages ? tail->ram_pages : 1;

	printf("\n%-13s%12s %10s %8s\n", "pages", "number", "MiB", "share");
	/* The exchanged ones come last. */
	for (unsigned int i = 1; i <= PAGE_CLASSES; i++) {
		enum page_class class = i % PAGE_CLASSES;
		uint64_t n = class_pages(tail, class);

		printf("  %-11s%12llu %10.1f %6.1f %%\n", class_names[class], (ull)n,
		       MIB(n * IMAGE_BLOCK), 100.0 * n / all);
	}
	printf("  %-11s%12llu %10.1f\n", "RAM", (ull)tail->ram_pages,
	       MIB(tail->ram_pages * IMAGE_BLOCK));
}

static void print_use(const char *name, const struct chunk_use *use)
{
	printf("  %-11s%12llu %14.1f %14.1f %7.2f\n", name, (ull)use->number, MIB(use->unpacked),
	       MIB(use->stored), shrunk(use) / 1000.0);
}

static void print_chunks(const struct pages *p)
{
	printf("\n%-13s%12s %14s %14s %7s\n", "chunks", "number", "unpacked MiB", "stored MiB",
	       "ratio");
	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++)
		if (p->codecs[i].number)
			print_use(codec_by_id(i)->name, &p->codecs[i]);
	if (p->kinds[CHUNK_DATA].number)
		print_use("data", &p->kinds[CHUNK_DATA]);
	printf("  %-11s%12llu\n  %-11s%12llu\n", "zero", (ull)p->kinds[CHUNK_ZERO].number,
	       "free", (ull)p->kinds[CHUNK_FREE].number);
}

static void print_info(const struct target *t, const struct image_head *h, const struct pages *p)
{
	char id[33], device[TARGET_NAME], why[WHY_SIZE];
	const struct tail_view *tail;
	const char *name = "RAM";

	/* No byte of the name may steer the terminal. */
	text_copy(device, sizeof device, t->name);
	id_format(h->target_id, id);
	printf("%-13s%s, %.1f MiB\n", "on", device, MIB(t->size));
	printf("%-13s%s\n", "target id", id);
	printf("%-13s%s; %s\n", "state", state_name(h->state),
	       head_resumable(h, false, why) < 0 ? why : "can be resumed");
	if (*h->reason)
		printf("%-13s%s\n", "reason", h->reason);
	if (!p)
		return;
	tail = &p->img->tail;
	print_image(h);
	for (uint32_t i = 0; i < tail->tail->nram; i++, name = "")
		print_range(name, tail->ram[i].start, tail->ram[i].end);
	print_pages(tail->tail);
	print_chunks(p);
	printf("\nmemory\n");
	memmap_draw(p->runs, p->nruns, screen_here(), stdout);
	if (tail->tail->log_bytes)
		printf("\nlog of the save\n");
	print_log(tail, "  ");
}

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

static void head_fields(struct json *j, const struct image_head *h)
{
	struct cpu_name cpu = cpu_name(&h->cpu);

	json_id(j, "session", h->session);
	json_number(j, "time", h->time);
	json_text(j, "release", h->release);
	json_text(j, "arch", arch_name(h->arch));
	json_open(j, "cpu", '{');
	json_text(j, "vendor", cpu.vendor);
	json_number(j, "family", cpu.family);
	json_number(j, "model", cpu.model);
	json_number(j, "stepping", cpu.stepping);
	json_number(j, "paging_levels", h->cpu.paging_levels);
	json_open(j, "features", '[');
	for (size_t i = 0; i < sizeof h->cpu.features / sizeof *h->cpu.features; i++)
		hex_field(j, NULL, h->cpu.features[i], 8);
	json_close(j, ']');
	json_close(j, '}');
	range_field(j, "window", h->window.start, h->window.end);
	range_field(j, "low_memory", h->low.start, h->low.end);
	json_number(j, "entry", h->entry);
	json_number(j, "mailbox", h->mailbox);
	hex_field(j, "ram_digest", h->ram_digest, 16);
	json_number(j, "firmware_ram_bytes", h->ram_bytes);
	json_text(j, "codec", codec_by_id(h->codec)->name);
	json_number(j, "bytes", h->tail_offset + h->tail_length);
}

static void use_fields(struct json *j, const char *name, const struct chunk_use *use)
{
	json_open(j, name, '{');
	json_number(j, "chunks", use->number);
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
		json_number(j, class_names[c], class_pages(tail->tail, c));
	json_close(j, '}');
	json_open(j, "chunks", '{');
	json_number(j, "data", p->kinds[CHUNK_DATA].number);
	json_number(j, "zero", p->kinds[CHUNK_ZERO].number);
	json_number(j, "free", p->kinds[CHUNK_FREE].number);
	json_close(j, '}');
	json_open(j, "codecs", '{');
	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++)
		if (p->codecs[i].number)
			use_fields(j, codec_by_id(i)->name, &p->codecs[i]);
	json_close(j, '}');
	use_fields(j, "data", &p->kinds[CHUNK_DATA]);
	json_bytes(j, "log", tail->log, tail->tail->log_bytes);
}

static void print_json(const struct target *t, const struct image_head *h, const struct pages *p)
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

int info_command(const struct arguments *a)
{
	struct target t = { .kind = NULL };
	struct image img;
	struct pages p = { .img = NULL };
	struct image_head h;
	char why[WHY_SIZE];
	int ret = open_head(a->operands[0], false, &t, &h);

	img = (struct image){ .target = t };
	if (!ret && head_check(&h, why) < 0) {
		fail("%s: %s", t.name, why);
		ret = FAILED;
	}
	if (!ret && h.state != IMAGE_EMPTY && h.state != IMAGE_WRITING &&
	    (image_open(&img, &t, IMAGE_LOOK) < 0 || pages_open(&p, &img) < 0))
		ret = FAILED;
	if (!ret && a->options & JSON)
		print_json(&t, &h, p.img ? &p : NULL);
	else if (!ret)
		print_info(&t, &h, p.img ? &p : NULL);
	pages_close(&p);
	image_close(&img);
	return ret;
}

static void verify_json(const struct image *img, int found, const char *name)
{
	struct json j = { .out = stdout };

	json_open(&j, NULL, '{');
	json_text(&j, "device", name);
	json_flag(&j, "whole", found == OK);
	if (found == OK) {
		json_text(&j, "state", state_name(img->head.state));
		json_number(&j, "chunks", img->tail.tail->nchunks);
		json_number(&j, "bytes", img->head.tail_offset + img->head.tail_length);
	} else {
		json_flag(&j, "damaged", img->verdict == SET_ASIDE);
		json_text(&j, "reason", log_last_failure());
	}
	json_close(&j, '}');
}

int verify_command(const struct arguments *a)
{
	struct image img;
	int ret = open_image(a->operands[0], &img);

	if (!ret && image_verify(&img) < 0)
		ret = FAILED;
	if (a->options & JSON)
		verify_json(&img, ret, a->operands[0]);
	else if (ret == OK)
		printf("%s: whole: %u chunks, %.1f MiB, state %s\n", img.target.name,
		       img.tail.tail->nchunks, MIB(img.head.tail_offset + img.head.tail_length),
		       state_name(img.head.state));
	image_close(&img);
	return ret;
}
