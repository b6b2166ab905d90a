// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - where in memory the helper will be, and is there enough for it?
 *
 * The helper reads this kernel's image, its vmcoreinfo page and struct pages
 * through /proc/vmcore, where the window's own pages show the helper: so they
 * may not lie in the window.  A loader puts the helper no lower than it is linked
 * for, so the windows that are tried start there and go up.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../image/ram.h"
#include "plan.h"

#define STEP		(16u << 20)	/* CONFIG_PHYSICAL_ALIGN is less */
#define TOP		(1ull << 32)	/* kexec and the helper's early code stay below */
#define KPF_RESERVED	32		/* include/linux/kernel-page-flags.h */

/*
 * Struct pages come in blocks of 2 MiB (vmemmap_populate_hugepages()).  Single
 * reserved pages are of all kinds and are exchanged like any other.
 */
#define SCATTERED	511

/* What this kernel has, and may not lie in the window. */
static struct taken {
	const char *name;
	uint64_t start, end;
} *taken;
static size_t ntaken;

static void take(const char *name, uint64_t start, uint64_t end)
{
	taken = sys_grow(taken, ntaken, sizeof *taken);
	taken[ntaken++] = (struct taken){ name, start, end };
}

/* "  01000000-021fffff : Kernel code", and rodata, data, bss */
static int take_kernel(void)
{
	char *rest = sys_read(sys_path("/proc/iomem")), *line;
	size_t before = ntaken;

	if (!rest)
		return fail("open /proc/iomem:");
	while ((line = strsep(&rest, "\n"))) {
		char *name = strstr(line, " : Kernel "), *end;
		uint64_t first;

		if (!name)
			continue;
		first = strtoull(line, &end, 16);
		if (*end != '-' || !first)
			return fail("/proc/iomem: '%.60s' has no address: root is needed", line);
		take(name + 3, first, strtoull(end + 1, NULL, 16) + 1);
	}
	return ntaken > before ? 0 : fail("/proc/iomem: the kernel's image is not in it");
}

/* "ADDRESS SIZE", both hex */
static int take_vmcoreinfo(void)
{
	const char *text = sys_line(sys_path("/sys/kernel/vmcoreinfo"));
	char *end;
	uint64_t start = strtoull(text, &end, 16);

	if (!start || *end != ' ')
		return fail("/sys/kernel/vmcoreinfo: '%.40s' is no address and size", text);
	take("vmcoreinfo", start, start + strtoull(end, NULL, 16));
	return 0;
}

/* Pages in [start, end) that were reserved at boot, as struct pages are.  -1: said. */
static long reserved(uint64_t start, uint64_t end)
{
	uint64_t n = (end - start) / IMAGE_BLOCK, *flags = alloc_pages(n * sizeof *flags);
	int fd = open(sys_path("/proc/kpageflags"), O_RDONLY | O_CLOEXEC);
	long found = -1;

	if (fd < 0) {
		fail("open /proc/kpageflags:");
	} else if (flags && read_full(fd, "/proc/kpageflags", flags, n * sizeof *flags,
				      start / IMAGE_BLOCK * sizeof *flags) == 0) {
		found = 0;
		for (uint64_t i = 0; i < n; i++)
			found += flags[i] >> KPF_RESERVED & 1;
	}
	free_pages(flags, n * sizeof *flags);
	close(fd);
	return found;
}

/* May the window be there?  0, or -1 and why: what lies in it. */
static int check_taken(uint64_t start, uint64_t size, const struct ram_range *ram, int nram,
		       char *why)
{
	if (!ram_holds(ram, nram, start / IMAGE_BLOCK, size / IMAGE_BLOCK))
		return refuse(why, "%#llx is not all RAM", (ull)start);
	for (const struct taken *t = taken; t < taken + ntaken; t++)
		if (t->start < start + size && t->end > start)
			return refuse(why, "%s at %#llx-%#llx lies in the default window", t->name,
				      (ull)t->start, (ull)t->end - 1);
	*why = 0;
	return 0;
}

int choose_window(struct plan *p)
{
	static struct ram_range ram[IMAGE_MAX_RAM];
	int nram = iomem_ram(sys_path("/proc/iomem"), ram, NULL);
	uint64_t start, second = 0;
	char why[WHY_SIZE];

	ntaken = 0;
	if (nram < 0 || take_kernel() < 0 || take_vmcoreinfo() < 0)
		return -1;
	for (start = HELPER_START; start <= TOP - p->window_size; start += STEP) {
		bool out = check_taken(start, p->window_size, ram, nram, why) < 0;
		long held = out ? 0 : reserved(start, start + p->window_size);

		if (held < 0)
			return -1;
		if (held > SCATTERED)
			(void)refuse(why, "%ld reserved pages lie in the default window", held);
		if (start == HELPER_START)
			strcpy(p->window_reason, why);
		if (!*why)
			break;
		if (!out && !second)
			second = start;
	}
	/* Reserved pages hide struct pages at worst: then more is saved, nothing is lost. */
	if (*why)
		start = second;
	if (!start)
		return fail("no window of %llu MiB from %#x up: in each lies a part of this kernel",
			    (ull)p->window_size >> 20, HELPER_START);
	if (start == HELPER_START)
		*p->window_reason = 0;
	p->window = (struct ram_range){ start, start + p->window_size };
	return 0;
}

#define RESERVE_KIB	1024u	/* that A keeps back while the helper is loaded */

uint64_t meminfo_kib(const char *name)
{
	char *text = sys_read(sys_path("/proc/meminfo"));
	char *p = text ? strstr(text, sys_format("%s:", name)) : NULL;

	return p ? strtoull(p + strlen(name) + 1, NULL, 10) : 0;
}

uint64_t used_kib(void)
{
	return meminfo_kib("MemTotal") - meminfo_kib("MemFree");
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
 * process for it.  A full system gets a smaller window, with which only the
 * chained path works.
 */
int check_memory(struct plan *p)
{
	static const struct { unsigned int mib, loading_mib; } tries[] = {
		{ 0, 11 }, { 40, 11 }, { 32, 7 }, { 0, 7 },	/* 0: as it is configured */
	};
	uint64_t have = meminfo_kib("MemFree"), available = meminfo_kib("MemAvailable");
	uint64_t need = helper_kib(p->window_size, p->ram_bytes);
	char why[WHY_SIZE];

	if (need > p->window_size >> 10)
		return fail("memory: for %llu MiB of RAM the helper needs a window of %llu KiB: "
			    "set WINDOW_MIB", (ull)p->ram_bytes >> 20, (ull)need);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		uint64_t size = (uint64_t)tries[i].mib << 20;
		bool smaller = size > 0;

		/* What waits in the lists of the processors is not always to be had. */
		if (i == 2)
			have = free_kib();
		if (!smaller)
			size = p->window_size;
		else if (size >= p->window_size || helper_kib(size, p->ram_bytes) > size >> 10)
			continue;
		need = (size >> 10) + RESERVE_KIB + tries[i].loading_mib * 1024;
		if (have >= need || available >= (size >> 10) + 16 * 1024) {
			p->window_size = size;
			if (smaller && choose_window(p) < 0)
				return -1;
			if (smaller)
				strcpy(p->window_reason, why);
			return 0;
		}
		if (!smaller)
			(void)refuse(why, "%llu KiB are free and %llu available, the window and "
				     "its loading need %llu", (ull)have, (ull)available,
				     (ull)need);
	}
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
