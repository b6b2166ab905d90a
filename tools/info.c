// SPDX-License-Identifier: GPL-2.0-only
/* info.c - khimage info: what an image says of itself, for a person */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/log.h"
#include "../image/ram.h"
#include "../image/refuse.h"
#include "../image/head.h"
#include "info.h"
#include "khimage.h"
#include "memmap.h"
#include "open.h"

#define MIB(bytes) ((double)(bytes) / (1 << 20))

/* Text out of an image, to a terminal: nothing in it may steer that. */
static void print_safe(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		putchar(text[i] < ' ' || text[i] > '~' ? '?' : text[i]);
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
	print_safe(t->name, strlen(t->name));
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
	print_safe(cpu.vendor, strlen(cpu.vendor));
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
	       MIB(use->stored), shrunk(use->unpacked, use->stored) / 1000.0);
}

static void print_chunks(const struct pages *p)
{
	struct codec_use all = codecs_sum(p);

	printf("\n%-13s%12s %14s %14s %7s\n", "chunks", "number", "unpacked MiB", "stored MiB",
	       "ratio");
	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++)
		if (p->codecs[i].chunks)
			print_use(codec_by_id(i)->name, &p->codecs[i]);
	if (all.chunks)
		print_use("data", &all);
	printf("  %-11s%12llu\n  %-11s%12llu\n", "zero", (ull)p->chunks[CHUNK_ZERO],
	       "free", (ull)p->chunks[CHUNK_FREE]);
}

static void print_log(const struct tail_view *tail)
{
	const char *line = tail->log, *end = tail->log + tail->tail->log_bytes;

	if (line < end)
		printf("\nlog of the save\n");
	while (line < end) {
		const char *stop = memchr(line, '\n', end - line);

		stop = stop ? stop : end;
		printf("  ");
		print_safe(line, stop - line);
		putchar('\n');
		line = stop + 1;
	}
}

static void print_whole(const struct pages *p)
{
	const struct image *img = p->img;
	struct screen screen = screen_here();

	print_image(&img->head);
	print_ram(&img->tail);
	print_pages(img->tail.tail);
	print_chunks(p);
	printf("\nmemory\n");
	memmap_draw(p->runs, p->nruns, &screen, stdout);
	print_log(&img->tail);
}

static bool may_hold_image(const struct image_head *h)
{
	return h->state != IMAGE_EMPTY && h->state != IMAGE_WRITING;
}

/* t belongs to the image from here on. */
static int show(struct target *t, const struct image_head *head, bool json)
{
	struct image img = { .tail_buf = NULL };
	struct pages p = { .img = NULL };
	int ret = FAILED;

	if (!may_hold_image(head)) {
		if (json)
			info_json(t, head, NULL);
		else
			print_head(t, head);
		target_close(t);
		return OK;
	}
	if (image_open(&img, t, IMAGE_LOOK) < 0 || pages_open(&p, &img) < 0)
		goto out;
	if (json) {
		info_json(t, head, &p);
	} else {
		print_head(t, head);
		print_whole(&p);
	}
	ret = OK;
out:
	pages_close(&p);
	image_close(&img);
	return ret;
}

int info_command(int argc, char **argv)
{
	bool json = take_option(&argc, &argv, "--json");
	struct target t = { .fd = -1 };
	struct image_head head;
	char why[WHY_SIZE];
	int ret;

	if (argc != 1)
		return USAGE;
	ret = open_head(*argv, false, &t, &head);
	if (ret == NO_IMAGE)
		fail("%s: holds no image", t.name);
	else if (!ret && head_check(&head, why) < 0)
		ret = (fail("%s: %s", t.name, why), FAILED);
	if (!ret)
		return show(&t, &head, json);
	target_close(&t);
	return ret;
}
