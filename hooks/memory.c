// SPDX-License-Identifier: GPL-2.0-only
/* memory.c - is there memory for the helper, and will the helper do with it? */
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../base/iomem.h"
#include "../image/ram.h"
#include "plan.h"

#define RESERVE_KIB	1024u	/* that A keeps back while the helper is loaded */

uint64_t meminfo_kib(const char *name)
{
	char *text = sys_read(sys_path("/proc/meminfo"));
	char *p = text ? strstr(text, sys_format("%s:", name)) : NULL;

	return p ? strtoull(p + strlen(name) + 1, NULL, 10) : 0;
}

/* Free pages in KiB: what the zones have, and what waits in the lists of the processors. */
static uint64_t free_kib(void)
{
	char *rest = sys_read(sys_path("/proc/zoneinfo")), *line;
	uint64_t pages = 0;

	while (rest && (line = strsep(&rest, "\n"))) {
		line += strspn(line, " ");
		if (!strncmp(line, "nr_free_pages ", 14) || !strncmp(line, "count: ", 7))
			pages += strtoull(strchr(line, ' '), NULL, 10);
	}
	return pages * (IMAGE_BLOCK / 1024);
}

/*
 * What the helper needs of its window, in KiB, to save and to resume: 18 MiB
 * for the kernel and the init, 4 MiB to spare; 1.6 MiB for each processor; 3 MiB
 * for one worker and its buffers; and for each GiB of RAM two maps of 32 KiB,
 * one bit a page, and the entries of the chunks, 16 KiB, twice.
 */
static uint64_t helper_kib(uint64_t window, uint64_t ram)
{
	return 25 * 1024 + helper_cpus(window) * 1640 + (ram >> 30) * 96;
}

/*
 * The window is exchanged for as much memory of this system, and loading takes
 * 7 MiB more, 11 to be sure that nothing is evicted.  It has to be free; if it
 * is not, there has to be enough that the kernel can evict without killing a
 * process for it.
 */
static uint64_t need_kib(uint64_t window, unsigned int loading_mib)
{
	return (window >> 10) + RESERVE_KIB + loading_mib * 1024;
}

static bool suffices(uint64_t window, unsigned int loading_mib, uint64_t have, uint64_t available)
{
	return have >= need_kib(window, loading_mib) || available >= (window >> 10) + 16 * 1024;
}

static int too_full(char *why, uint64_t have, uint64_t available, uint64_t need)
{
	return refuse(why, "%llu KiB are free and %llu available, the window and its loading need "
		      "%llu", (ull)have, (ull)available, (ull)need);
}

/* A full system gets a smaller window, with which only the chained path works. */
int check_memory(struct plan *p)
{
	static const unsigned int smaller[][2] = { { 40, 11 }, { 32, 7 } }; /* MiB; for loading */
	uint64_t have = meminfo_kib("MemFree"), available = meminfo_kib("MemAvailable");
	uint64_t need = helper_kib(p->window_size, p->ram_bytes);
	char why[WHY_SIZE];

	if (need > p->window_size >> 10)
		return fail("memory: for %llu MiB of RAM the helper needs a window of %llu KiB: "
			    "set WINDOW_MIB", (ull)p->ram_bytes >> 20, (ull)need);
	if (suffices(p->window_size, 11, have, available))
		return 0;
	(void)too_full(why, have, available, need_kib(p->window_size, 11));
	for (int i = 0; i < 2; i++) {
		uint64_t size = (uint64_t)smaller[i][0] << 20;

		/* What waits in the lists of the processors is not always to be had. */
		if (i == 1)
			have = free_kib();
		if (size >= p->window_size || helper_kib(size, p->ram_bytes) > size >> 10 ||
		    !suffices(size, smaller[i][1], have, available))
			continue;
		p->window_size = size;
		if (choose_window(p) < 0)
			return -1;
		strcpy(p->window_reason, why);
		return 0;
	}
	if (suffices(p->window_size, 7, have, available))
		return 0;
	(void)too_full(why, have, available, need_kib(p->window_size, 7));
	return fail("memory: %s", why);
}

/* The image knows one range of low memory: firmware with holes in it is refused. */
int check_low_memory(struct plan *p)
{
	static struct ram_range ram[IMAGE_MAX_RAM];
	char *iomem = sys_read(sys_path("/proc/iomem"));
	int n = iomem_ram(sys_path("/proc/iomem"), ram, &p->ram_pages), low = 0;

	if (n < 0)
		return -1;
	if (!iomem || strstr(iomem, "System RAM ("))	/* "(kmem)" */
		return fail("/proc/iomem: System RAM that a driver has added, which an image "
			    "cannot have");
	while (low < n && ram[low].start < HELPER_LOW_END)
		low++;
	if (low != 1)
		return fail("low memory: %d ranges of RAM below %#x, the helper needs 1", low,
			    HELPER_LOW_END);
	p->ram_bytes = ram_bytes(ram, n);
	return 0;
}
