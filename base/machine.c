// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - read the CPU, the firmware's RAM map and the kernel's own memory */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../image/cpu.h"
#include "../image/ram.h"
#include "io.h"
#include "iomem.h"
#include "log.h"
#include "machine.h"

static int memmap_field(const char *entry, const char *field, char *buf, size_t size)
{
	char path[128];

	snprintf(path, sizeof path, "/sys/firmware/memmap/%.16s/%s", entry, field);
	return read_text(path, buf, size);
}

static int firmware_ram(struct ram_range *ranges)
{
	DIR *dir = opendir("/sys/firmware/memmap");
	char buf[64], why[WHY_SIZE];
	struct dirent *d;
	int n = 0, ret = -1;

	if (!dir)
		return fail("open /sys/firmware/memmap:");
	while ((d = readdir(dir))) {
		if (*d->d_name == '.')
			continue;
		if (memmap_field(d->d_name, "type", buf, sizeof buf) < 0)
			goto out;
		if (strcmp(buf, "System RAM\n"))
			continue;
		if (n == IMAGE_MAX_RAM) {
			fail("/sys/firmware/memmap: more than %u ranges of RAM", IMAGE_MAX_RAM);
			goto out;
		}
		if (memmap_field(d->d_name, "start", buf, sizeof buf) < 0)
			goto out;
		ranges[n].start = strtoull(buf, NULL, 16);
		if (memmap_field(d->d_name, "end", buf, sizeof buf) < 0)
			goto out;
		ranges[n++].end = strtoull(buf, NULL, 16) + 1;
	}
	ret = ram_normalize(ranges, n, why);
	if (ret < 0)
		fail("/sys/firmware/memmap: %s", why);
out:
	closedir(dir);
	return ret;
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
	int n, levels;

	memset(here, 0, sizeof *here);
	here->arch = sizeof(long) == 8 ? IMAGE_X86_64 : IMAGE_I386;
	cpu_read(&here->cpu);
	levels = cpuinfo_paging_levels();
	if (levels < 0)
		return -1;
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
