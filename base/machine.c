// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - read CPU, memory and clock of the machine and the running kernel */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "../image/head.h"
#include "../image/ram.h"
#include "io.h"
#include "log.h"
#include "machine.h"

struct own {
	struct ram_range *ranges;
	int n;			/* -1: a failure was said */
	uint64_t pages;		/* whole ones of each range by itself */
};

/* "start-end : name", indented if it lies inside another one */
static bool take_iomem(char *line, void *arg)
{
	struct own *own = arg;
	struct ram_range *r = &own->ranges[own->n];
	char *end;

	if (*line == ' ' || !strstr(line, " : System RAM"))
		return false;
	if (own->n == IMAGE_MAX_RAM) {
		own->n = fail("/proc/iomem: more than %u ranges of System RAM", IMAGE_MAX_RAM);
		return true;
	}
	r->start = strtoull(line, &end, 16);
	if (*end != '-') {
		own->n = fail("/proc/iomem: no range in '%.40s'", line);
		return true;
	}
	r->end = strtoull(end + 1, &end, 16) + 1;
	if (r->start < r->end)
		own->pages += ram_pages(r, 1);
	own->n++;
	return false;
}

int iomem_ram(const char *path, struct ram_range *ranges, uint64_t *pages)
{
	struct own own = { .ranges = ranges };
	char why[WHY_SIZE];
	int n;

	if (read_lines(path, take_iomem, &own) < 0 || own.n < 0)
		return -1;
	n = ram_normalize(ranges, own.n, why);
	if (n < 0)
		return fail("/proc/iomem: %s", why);
	if (!n)
		return fail("/proc/iomem: no System RAM");
	if (pages)
		*pages = own.pages;
	return n;
}

/* The first CPU speaks for all, and a blank line ends it: the file grows with the CPUs. */
static bool take_cpuinfo(char *line, void *arg)
{
	int *levels = arg;

	/* The flag is there only if this kernel uses five levels (arch/x86/kernel/cpu/common.c). */
	if (strstr(line, " la57"))
		*levels = 5;
	return !*line;
}

int cpuinfo_paging_levels(void)
{
	int levels = 4;

	return read_lines("/proc/cpuinfo", take_cpuinfo, &levels) < 0 ? -1 : levels;
}

/* Add an entry of the firmware's map to n ranges, if it is RAM.  Returns their number, or -1. */
static int add_firmware(const char *entry, struct ram_range *ranges, int n)
{
	static const char *const fields[] = { "type", "start", "end" };
	char path[128], text[3][64];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "/sys/firmware/memmap/%.16s/%s", entry, fields[i]);
		if (read_text(path, text[i], sizeof text[i]) < 0)
			return -1;
	}
	if (strcmp(text[0], "System RAM\n"))
		return n;
	if (n == IMAGE_MAX_RAM)
		return fail("/sys/firmware/memmap: more than %u ranges of RAM", IMAGE_MAX_RAM);
	ranges[n].start = strtoull(text[1], NULL, 16);
	ranges[n].end = strtoull(text[2], NULL, 16) + 1;
	return n + 1;
}

static int firmware_ram(struct ram_range *ranges)
{
	DIR *dir = opendir("/sys/firmware/memmap");
	char why[WHY_SIZE];
	struct dirent *d;
	int n = 0;

	if (!dir)
		return fail("open /sys/firmware/memmap:");
	while (n >= 0 && (d = readdir(dir)))
		if (*d->d_name != '.')
			n = add_firmware(d->d_name, ranges, n);
	closedir(dir);
	if (n < 0)
		return -1;
	n = ram_normalize(ranges, n, why);
	return n < 0 ? fail("/sys/firmware/memmap: %s", why) : n;
}

/*
 * The map as kernels use it.  Page 0 is the BIOS's and no kernel's, and a
 * loader may hide a part of it (kexec does), as firmware does with odd ends.
 */
static int whole_pages(struct ram_range *ranges, int n)
{
	int kept = 0;

	n = ram_cut(ranges, n, (struct ram_range){ 0, IMAGE_BLOCK });
	for (int i = 0; i < n; i++) {
		struct ram_range r = ranges[i];

		r.start = (r.start + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
		r.end = r.end / IMAGE_BLOCK * IMAGE_BLOCK;
		if (r.start < r.end)
			ranges[kept++] = r;
	}
	return kept;
}

int machine_read(struct machine *here)
{
	static struct ram_range ranges[IMAGE_MAX_RAM + 1];
	int n, levels = cpuinfo_paging_levels();

	if (levels < 0)
		return -1;
	*here = (struct machine){ .arch = sizeof(long) == 8 ? IMAGE_X86_64 : IMAGE_I386 };
	cpu_read(&here->cpu);
	here->cpu.paging_levels = levels;

	n = firmware_ram(ranges);
	if (n < 0)
		return -1;
	n = whole_pages(ranges, n);
	here->ram_digest = ram_digest(ranges, n);
	here->ram_bytes = ram_bytes(ranges, n);

	n = iomem_ram("/proc/iomem", ranges, NULL);
	if (n < 0)
		return -1;
	if (n != 2 || ranges[0].end > MACHINE_LOW_MAX || ranges[1].start < MACHINE_LOW_MAX)
		return fail("memory of this kernel: %d ranges, the first %#llx-%#llx; wanted are "
			    "a low one and the window", n, (ull)ranges[0].start,
			    (ull)ranges[0].end);
	here->low_start = ranges[0].start;
	here->low_end = ranges[0].end;
	here->window_start = ranges[1].start;
	here->window_end = ranges[1].end;
	return 0;
}

static unsigned int least, first;

unsigned int memfree_kib(void)
{
	char text[4096], *p;

	if (read_text("/proc/meminfo", text, sizeof text) < 0)
		return 0;
	p = strstr(text, "\nMemFree:");
	return p ? strtoul(p + strlen("\nMemFree:"), NULL, 10) : 0;
}

void memfree_sample(void)
{
	unsigned int kib = memfree_kib();

	if (!first)
		first = kib;
	if (kib && (!least || kib < least))
		least = kib;
}

unsigned int memfree_least_kib(void)
{
	return least;
}

unsigned int memfree_first_kib(void)
{
	return first;
}

/* klibc has no clock_gettime(); times() counts up whatever becomes of the clock. */
#define TICKS_PER_S 100u	/* USER_HZ of x86 */

uint64_t now_ms(void)
{
	struct tms unused;

	return (uint64_t)times(&unused) * (1000 / TICKS_PER_S);
}

uint64_t now_us(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return tv.tv_sec * 1000000ull + tv.tv_usec;
}

uint64_t now_date(void)
{
	return time(NULL);
}
