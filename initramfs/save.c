// SPDX-License-Identifier: GPL-2.0-only
/* save.c - read A's memory, page by page, into an image */
#include <string.h>
#include <sys/time.h>

#include "../base/log.h"
#include "../base/machine.h"
#include "../base/progress.h"
#include "../image/ram.h"
#include "../image/why.h"
#include "leaveout.h"
#include "save.h"
#include "vmcore.h"
#include "writer.h"

#define TARGET_WAIT_MS 20000u	/* a USB stick takes its time */

/* What there is to be saved, found before any target is touched. */
struct source {
	struct machine here;
	struct vmcore vm;
	struct ram_range ram[IMAGE_MAX_RAM + 2];	/* all of A's RAM */
	int nram;
	uint64_t swapped;	/* pages of it that the jump exchanges */
	struct freepages free;
};

/*
 * A's RAM is what /proc/vmcore has and what the jump exchanged: this kernel's
 * own memory.  A counted it by other means; if the two differ, a page would be
 * lost, so nothing is saved.
 */
static int source_open(struct source *src, const struct session *s)
{
	char why[WHY_SIZE];
	uint64_t pages;
	int n;

	if (machine_read(&src->here) < 0 || vmcore_open(&src->vm) < 0)
		return -1;
	/* The loader keeps a little at the window's end for the ELF headers. */
	if (src->here.window_start < s->window.start || src->here.window_end > s->window.end)
		return fail("window: the jump exchanged %#llx-%#llx, this kernel lives in %#llx-%#llx",
			    (unsigned long long)s->window.start, (unsigned long long)s->window.end,
			    (unsigned long long)src->here.window_start,
			    (unsigned long long)src->here.window_end);
	n = src->vm.nloads;
	for (int i = 0; i < n; i++)
		src->ram[i] = (struct ram_range){
			src->vm.loads[i].pfn * IMAGE_BLOCK,
			(src->vm.loads[i].pfn + src->vm.loads[i].pages) * IMAGE_BLOCK };
	src->ram[n++] = (struct ram_range){ src->here.low_start, src->here.low_end };
	src->ram[n++] = s->window;
	src->nram = ram_normalize(src->ram, n, why);
	if (src->nram < 0)
		return fail("memory of the sleeping kernel: %s", why);
	pages = ram_pages(src->ram, src->nram);
	src->swapped = pages - src->vm.pages;
	if (pages != s->ram_pages)
		return fail("RAM map: the sleeping kernel counted %llu pages, here are %llu",
			    (unsigned long long)s->ram_pages, (unsigned long long)pages);
	leaveout_find(&src->free, &src->vm, s, src->ram, src->nram,
		      (struct ram_range){ src->here.low_start, src->here.low_end });
	return 0;
}

/* The map is of /proc/vmcore's pages alone, so that these are all in one class. */
static int name_free_pages(const struct source *src, struct writer *w)
{
	uint64_t pfn = 0;
	uint32_t count;

	for (; freemap_next(&src->free.map, &pfn, &count); pfn += count)
		if (writer_free(w, pfn, count) < 0)
			return -1;
	return 0;
}

static int copy_pages(struct source *src, struct writer *w)
{
	struct progress progress;
	uint64_t done = 0;

	if (name_free_pages(src, w) < 0)
		return -1;
	progress_start(&progress, "saving", (src->vm.pages - src->free.map.pages) * IMAGE_BLOCK);
	for (int i = 0; i < src->vm.nloads; i++) {
		const struct elf_load *load = &src->vm.loads[i];
		uint64_t page = 0, count;

		while (page < load->pages) {
			const uint8_t *p = vmcore_pages(&src->vm, i, page, &count);

			if (!p)
				return -1;
			for (uint64_t j = 0; j < count; j++) {
				uint64_t pfn = load->pfn + page + j;

				if (freemap_has(&src->free.map, pfn))
					continue;
				if (writer_page(w, pfn, p + j * IMAGE_BLOCK) < 0)
					return -1;
				done++;
			}
			page += count;
			progress_show(&progress, done * IMAGE_BLOCK);
		}
	}
	progress_end(&progress, done * IMAGE_BLOCK);
	return 0;
}

static void describe(struct image_head *head, const struct source *src, const struct session *s,
		     uint64_t entry)
{
	uint8_t id[16];
	struct timeval now;

	memcpy(id, head->target_id, sizeof id);
	memset(head, 0, sizeof *head);
	memcpy(head->target_id, id, sizeof id);
	memcpy(head->session, s->id, sizeof head->session);
	gettimeofday(&now, NULL);
	head->time = now.tv_sec;
	head->arch = src->here.arch;
	head->entry = entry;
	head->window_start = s->window.start;
	head->window_end = s->window.end;
	head->low_start = src->here.low_start;
	head->low_end = src->here.low_end;
	head->mailbox = s->mailbox;
	memcpy(head->cookie, s->cookie, sizeof head->cookie);
	head->ram_digest = src->here.ram_digest;
	head->ram_bytes = src->here.ram_bytes;
	head->cpu = src->here.cpu;
	head->chunk_pages = IMAGE_CHUNK_PAGES;
	head->codec = s->codec->id;
	head->free_fill = s->free_fill;
	snprintf(head->release, sizeof head->release, "%s", s->release);
}

static int save_to(struct source *src, const struct session *s, uint64_t entry,
		   const struct target_spec *spec)
{
	struct target target;
	struct writer w;
	int ret = -1;

	if (target_find(spec, true, TARGET_WAIT_MS, &target) < 0)
		return -1;
	if (writer_begin(&w, &target, s->codec, src->vm.pages) < 0)
		goto out;
	describe(&w.head, src, s, entry);
	if (copy_pages(src, &w) < 0 || writer_arm(&w, src->ram, src->nram, src->swapped) < 0) {
		writer_abandon(&w, log_last_failure());
		goto out;
	}
	info("image on %s is armed: %llu MiB, pages: %llu saved, %llu zero, %llu free, %llu exchanged by the jump",
	     target.name, (unsigned long long)((w.head.tail_offset + w.head.tail_length) >> 20),
	     (unsigned long long)w.saved_pages, (unsigned long long)w.zero_pages,
	     (unsigned long long)w.free_pages, (unsigned long long)src->swapped);
	ret = 0;
out:
	writer_end(&w);
	return ret;
}

int save(const struct session *s, uint64_t entry)
{
	static struct source src;	/* large: no value here, which would be in the program's file */
	int ret = -1;

	src.vm.fd = -1;
	if (!source_open(&src, s))
		for (int i = 0; ret < 0 && i < s->ntargets; i++)
			ret = save_to(&src, s, entry, &s->targets[i]);
	freepages_end(&src.free);
	vmcore_close(&src.vm);
	return ret;
}
