// SPDX-License-Identifier: GPL-2.0-only
/*
 * khib-window.c - choose the window for the helper
 *
 * usage: khib-window DEFAULT-START SIZE		(bytes, 0x for hex)
 *
 * Prints "start", "end" (the first byte behind it), "default yes|no" and, if it
 * is not the default, "reason".  The helper reads this kernel's image, its
 * vmcoreinfo page and struct pages through /proc/vmcore, where the window's own
 * pages show the helper: so they may not lie in the window.  A loader puts the
 * helper no lower than it is linked for, so the windows that are tried start
 * at the default and go up.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/iomem.h"
#include "../image/ram.h"

#define STEP		(16u << 20)	/* CONFIG_PHYSICAL_ALIGN is less */
#define UNIT		(2u << 20)	/* CONFIG_PHYSICAL_ALIGN */
#define TOP		(1ull << 32)	/* kexec and the helper's early code stay below */
#define KPF_RESERVED	32		/* include/linux/kernel-page-flags.h */
#define MAX_TAKEN	16

/*
 * Struct pages come in blocks of 2 MiB (vmemmap_populate_hugepages()).  Single
 * reserved pages are of all kinds and are exchanged like any other.
 */
#define SCATTERED	511

struct taken {
	char name[32];
	uint64_t start, end;
};

static struct taken taken[MAX_TAKEN];
static int ntaken;

static int take(const char *name, uint64_t start, uint64_t end)
{
	if (ntaken == MAX_TAKEN)
		return fail("%s: more than %d areas of this kernel", name, MAX_TAKEN);
	snprintf(taken[ntaken].name, sizeof taken[ntaken].name, "%s", name);
	taken[ntaken].start = start;
	taken[ntaken++].end = end;
	return 0;
}

/* "  01000000-021fffff : Kernel code", and rodata, data, bss */
static int take_kernel(void)
{
	static char text[65536];
	char *line, *rest = text;
	int found = 0;

	if (read_text("/proc/iomem", text, sizeof text) < 0)
		return -1;
	while ((line = strsep(&rest, "\n"))) {
		char *name = strstr(line, " : Kernel "), *end;
		uint64_t first;

		if (!name)
			continue;
		first = strtoull(line, &end, 16);
		if (*end != '-' || !first)
			return fail("/proc/iomem: '%.60s' has no address: root is needed", line);
		if (take(name + 3, first, strtoull(end + 1, NULL, 16) + 1) < 0)
			return -1;
		found++;
	}
	return found ? 0 : fail("/proc/iomem: the kernel's image is not in it");
}

/* "ADDRESS SIZE", both hex */
static int take_vmcoreinfo(void)
{
	char text[64], *end;
	uint64_t start;

	if (read_text("/sys/kernel/vmcoreinfo", text, sizeof text) < 0)
		return -1;
	start = strtoull(text, &end, 16);
	return take("vmcoreinfo", start, start + strtoull(end, NULL, 16));
}

static const struct taken *overlap(uint64_t start, uint64_t end)
{
	for (int i = 0; i < ntaken; i++)
		if (taken[i].start < end && taken[i].end > start)
			return &taken[i];
	return NULL;
}

/* Pages in [start, end) that were reserved at boot, as struct pages are.  -1: said. */
static long reserved(uint64_t start, uint64_t end)
{
	static uint64_t flags[4096];
	long found = 0;
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open /proc/kpageflags:");
	for (uint64_t pfn = start / IMAGE_BLOCK; pfn < end / IMAGE_BLOCK; ) {
		uint64_t n = end / IMAGE_BLOCK - pfn;

		if (n > sizeof flags / sizeof *flags)
			n = sizeof flags / sizeof *flags;
		if (read_full(fd, "/proc/kpageflags", flags, n * sizeof *flags, pfn * sizeof *flags) < 0) {
			found = -1;
			break;
		}
		for (uint64_t i = 0; i < n; i++)
			found += flags[i] >> KPF_RESERVED & 1;
		pfn += n;
	}
	close(fd);
	return found;
}

static void print(uint64_t start, uint64_t size, uint64_t wanted, const char *reason)
{
	printf("start %#llx\nend %#llx\ndefault %s\n", (unsigned long long)start,
	       (unsigned long long)(start + size), start == wanted ? "yes" : "no");
	if (*reason)
		printf("reason %s\n", reason);
}

static int choose(uint64_t wanted, uint64_t size)
{
	static struct ram_range ram[IMAGE_MAX_RAM];
	uint64_t second = 0;
	char why_not[128] = "";
	int n = iomem_ram("/proc/iomem", ram);

	if (n < 0)
		return -1;
	for (uint64_t start = wanted; start <= TOP - size; start += STEP) {
		const struct taken *t = overlap(start, start + size);
		long held = 0;

		if (!ram_holds(ram, n, start / IMAGE_BLOCK, size / IMAGE_BLOCK)) {
			if (start == wanted)
				snprintf(why_not, sizeof why_not, "%#llx is not all RAM", (unsigned long long)start);
			continue;
		}
		if (!t) {
			held = reserved(start, start + size);
			if (held < 0)
				return -1;
		}
		if (!t && held <= SCATTERED) {
			print(start, size, wanted, why_not);
			return 0;
		}
		if (start == wanted && t)
			snprintf(why_not, sizeof why_not, "%s at %#llx-%#llx lies in the default window", t->name,
				 (unsigned long long)t->start, (unsigned long long)t->end - 1);
		else if (start == wanted)
			snprintf(why_not, sizeof why_not, "%ld reserved pages lie in the default window", held);
		if (!t && !second)
			second = start;
	}
	/* Reserved pages hide struct pages at worst: then more is saved, nothing is lost. */
	if (second) {
		print(second, size, wanted, second == wanted ? "" : why_not);
		return 0;
	}
	return fail("no window of %llu MiB from %#llx up: in each lies a part of this kernel",
		    (unsigned long long)(size >> 20), (unsigned long long)wanted);
}

int main(int argc, char **argv)
{
	uint64_t wanted, size;
	char *end1, *end2;

	log_to_stderr("khib-window");
	if (argc != 3)
		goto usage;
	wanted = strtoull(argv[1], &end1, 0);
	size = strtoull(argv[2], &end2, 0);
	if (*end1 || *end2 || !size || wanted % STEP || size % UNIT || wanted >= TOP || size > TOP - wanted)
		goto usage;
	if (take_kernel() < 0 || take_vmcoreinfo() < 0 || choose(wanted, size) < 0)
		return 1;
	return 0;
usage:
	fail("usage: khib-window DEFAULT-START SIZE, multiples of %u and %u", STEP, UNIT);
	return 2;
}
