// SPDX-License-Identifier: GPL-2.0-only
/* restore-elf.c - restore a plain copy of /proc/vmcore */
#include <elf.h>
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/oldmem.h"
#include "../base/progress.h"
#include "../image/page.h"
#include "../image/ram.h"
#include "../linux/elfcore.h"
#include "restore-elf.h"

#define BUF_PAGES 256u

bool elf_is(const struct target *target)
{
	static char block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

	return target->size >= sizeof block &&
	       !read_full(target->fd, target->name, block, sizeof block, 0) &&
	       !memcmp(block, ELFMAG, SELFMAG);
}

static int read_loads(const struct target *target, struct elf_load *loads, int max)
{
	size_t len = target->size < ELF_HEADERS ? target->size : ELF_HEADERS;
	void *headers = alloc_pages(ELF_HEADERS);
	char why[WHY_SIZE];
	int n = -1;

	if (!headers)
		return -1;
	if (!read_full(target->fd, target->name, headers, len, 0)) {
		n = elf_loads(headers, len, target->size, loads, max, why);
		if (n < 0)
			fail("%s: %s", target->name, why);
	}
	free_pages(headers, ELF_HEADERS);
	return n;
}

static int restore_loads(const struct target *t, struct oldmem *mem, const struct elf_load *loads,
			 int n, uint64_t total)
{
	/* Direct I/O does not reach mapped oldmem, which has no struct pages. */
	uint8_t *buf = alloc_pages(BUF_PAGES * IMAGE_BLOCK);
	struct progress progress;
	uint64_t done = 0;
	int ret = -1;

	if (!buf)
		return -1;
	progress_start(&progress, "restoring", total);
	for (int i = 0; i < n; i++)
		for (uint64_t page = 0; page < loads[i].pages; ) {
			uint64_t count = loads[i].pages - page;
			uint8_t *to;

			if (count > BUF_PAGES)
				count = BUF_PAGES;
			to = oldmem_pages(mem, loads[i].pfn + page, &count);
			if (!to || read_full(t->fd, t->name, buf, count * IMAGE_BLOCK,
					     loads[i].offset + page * IMAGE_BLOCK) < 0)
				goto out;
			pages_copy(to, buf, count);
			page += count;
			done += count * IMAGE_BLOCK;
			progress_show(&progress, done);
		}
	progress_end(&progress, done);
	ret = 0;
out:
	free_pages(buf, BUF_PAGES * IMAGE_BLOCK);
	return ret;
}

int elf_restore(const struct target *target, bool dry)
{
	static struct elf_load loads[IMAGE_MAX_RAM];
	static struct ram_range ram[IMAGE_MAX_RAM];
	char why[WHY_SIZE];
	struct oldmem mem;
	int n, nram, ret;

	n = read_loads(target, loads, IMAGE_MAX_RAM);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++)
		ram[i] = (struct ram_range){ loads[i].pfn * IMAGE_BLOCK,
					     (loads[i].pfn + loads[i].pages) * IMAGE_BLOCK };
	nram = ram_normalize(ram, n, why);
	if (nram < 0)
		return fail("%s: %s", target->name, why);
	if (dry)
		return 0;
	if (oldmem_open(&mem, ram, nram) < 0)
		return -1;
	ret = restore_loads(target, &mem, loads, n, ram_bytes(ram, nram));
	oldmem_close(&mem);
	return ret;
}
