// SPDX-License-Identifier: GPL-2.0-only
/* info.c - khimage info: what an image says of itself, for a person */
#include <stdio.h>
#include <time.h>

#include "../base/log.h"
#include "../image/ram.h"
#include "../image/refuse.h"
#include "../image/head.h"
#include "info.h"
#include "khimage.h"
#include "memmap.h"

#define MIB(bytes) ((double)(bytes) / (1 << 20))

const char *arch_name(uint32_t arch)
{
	return arch == IMAGE_X86_64 ? "x86_64" : arch == IMAGE_I386 ? "i386" : "unknown";
}

uint64_t class_pages(const struct image_tail *tail, enum page_class class)
{
	const uint64_t pages[PAGE_CLASSES] = {
		[PAGE_EXCHANGED] = tail->swapped_pages, [PAGE_SAVED] = tail->saved_pages,
		[PAGE_ZERO] = tail->zero_pages, [PAGE_FREE] = tail->free_pages,
	};

	return pages[class];
}

uint64_t shrunk(const struct codec_use *use)
{
	return use->stored ? use->unpacked * 1000 / use->stored : 0;
}

/* No byte of the text may steer the terminal. */
static void print_safe(const char *text)
{
	for (; *text; text++)
		putchar(text_char(*text));
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

static void print_head(const struct target *t, const struct image_head *h)
{
	char id[33], why[WHY_SIZE];

	printf("%-13s", "on");
	print_safe(t->name);
	printf(", %.1f MiB\n", MIB(t->size));
	id_format(h->target_id, id);
	printf("%-13s%s\n", "target id", id);
	printf("%-13s%s; %s\n", "state", state_name(h->state),
	       head_resumable(h, false, why) < 0 ? why : "can be resumed");
	if (*h->reason)
		printf("%-13s%s\n", "reason", h->reason);
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
	printf("%-13s", "CPU");
	print_safe(cpu.vendor);
	printf(", family %u, model %u, stepping %u\n", cpu.family, cpu.model, cpu.stepping);
	print_range("window", h->window_start, h->window_end);
	print_range("low memory", h->low_start, h->low_end);
	printf("%-13s0x%llx", "entry", (ull)h->entry);
	if (h->mailbox)
		printf("; mailbox 0x%llx\n", (ull)h->mailbox);
	else
		printf("; no mailbox\n");
	printf("%-13s%.1f MiB, codec %s\n", "image", MIB(h->tail_offset + h->tail_length),
	       codec_by_id(h->codec)->name);
}

static void print_ram(const struct tail_view *tail)
{
	const char *name = "RAM";

	for (uint32_t i = 0; i < tail->tail->nram; i++, name = "")
		print_range(name, tail->ram[i].start, tail->ram[i].end);
}

static void print_pages(const struct image_tail *tail)
{
	static const enum page_class order[] = { PAGE_SAVED, PAGE_ZERO, PAGE_FREE, PAGE_EXCHANGED };
	uint64_t all = tail->ram_pages ? tail->ram_pages : 1;

	printf("\n%-13s%12s %10s %8s\n", "pages", "number", "MiB", "share");
	for (size_t i = 0; i < PAGE_CLASSES; i++) {
		uint64_t n = class_pages(tail, order[i]);

		printf("  %-11s%12llu %10.1f %6.1f %%\n", class_name(order[i]), (ull)n,
		       MIB(n * IMAGE_BLOCK), 100.0 * n / all);
	}
	printf("  %-11s%12llu %10.1f\n", "RAM", (ull)tail->ram_pages,
	       MIB(tail->ram_pages * IMAGE_BLOCK));
}

static void print_use(const char *name, const struct codec_use *use)
{
	printf("  %-11s%12llu %14.1f %14.1f %7.2f\n", name, (ull)use->chunks, MIB(use->unpacked),
	       MIB(use->stored), shrunk(use) / 1000.0);
}

static void print_chunks(const struct pages *p)
{
	printf("\n%-13s%12s %14s %14s %7s\n", "chunks", "number", "unpacked MiB", "stored MiB",
	       "ratio");
	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++)
		if (p->codecs[i].chunks)
			print_use(codec_by_id(i)->name, &p->codecs[i]);
	if (p->data.chunks)
		print_use("data", &p->data);
	printf("  %-11s%12llu\n  %-11s%12llu\n", "zero", (ull)p->chunks[CHUNK_ZERO],
	       "free", (ull)p->chunks[CHUNK_FREE]);
}

static void print_info(const struct target *t, const struct image_head *h, const struct pages *p)
{
	const struct tail_view *tail;
	struct screen screen;

	print_head(t, h);
	if (!p)
		return;
	tail = &p->img->tail;
	print_image(h);
	print_ram(tail);
	print_pages(tail->tail);
	print_chunks(p);
	printf("\nmemory\n");
	screen = screen_here();
	memmap_draw(p->runs, p->nruns, &screen, stdout);
	if (tail->tail->log_bytes)
		printf("\nlog of the save\n");
	print_log(tail, "  ");
}

int info_command(int argc, char **argv)
{
	bool json = take_option(&argc, &argv, "--json");
	struct target t = { .fd = -1 };
	struct image img;
	struct pages p = { .img = NULL };
	struct image_head h;
	char why[WHY_SIZE];
	int ret;

	if (argc != 1)
		return USAGE;
	ret = open_head(*argv, false, &t, &h);
	img = (struct image){ .target = t };
	if (!ret && head_check(&h, why) < 0) {
		fail("%s: %s", t.name, why);
		ret = FAILED;
	}
	if (!ret && h.state != IMAGE_EMPTY && h.state != IMAGE_WRITING &&
	    (image_open(&img, &t, IMAGE_LOOK) < 0 || pages_open(&p, &img) < 0))
		ret = FAILED;
	if (!ret && json)
		info_json(&t, &h, p.img ? &p : NULL);
	else if (!ret)
		print_info(&t, &h, p.img ? &p : NULL);
	pages_close(&p);
	image_close(&img);
	return ret;
}
