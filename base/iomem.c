// SPDX-License-Identifier: GPL-2.0-only
/* iomem.c - read /proc/iomem and /proc/cpuinfo */
#include <stdlib.h>
#include <string.h>

#include "../image/ram.h"
#include "io.h"
#include "iomem.h"
#include "log.h"

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
