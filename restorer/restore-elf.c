// SPDX-License-Identifier: GPL-2.0-only
/* restore-elf.c - restore a plain copy of /proc/vmcore */
#include <elf.h>
#include <string.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/oldmem.h"
#include "../base/progress.h"
#include "../base/vmcore.h"
#include "../image/page.h"
#include "../image/ram.h"
#include "restore-elf.h"

#define BUF_PAGES 256u

bool elf_is(const struct target *target)
{
	static char block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

	return target->size >= sizeof block &&
	       !read_full(target->fd, target->name, block, sizeof block, 0) &&
	       !memcmp(block, ELFMAG, SELFMAG);
}

static int restore_loads(const struct vmcore *core, struct oldmem *mem)
{
	/* Direct I/O does not reach mapped oldmem, which has no struct pages. */
	uint8_t *buf = alloc_pages(BUF_PAGES * IMAGE_BLOCK);
	const struct target *t = &core->file;
	struct progress progress;
	uint64_t done = 0;
	int ret = -1;

	if (!buf)
		return -1;
	progress_start(&progress, "restoring", core->pages * IMAGE_BLOCK);
	for (const struct elf_load *l = core->loads; l < core->loads + core->nloads; l++)
		for (uint64_t page = 0; page < l->pages; ) {
			uint64_t count = l->pages - page;
			uint8_t *to;

			if (count > BUF_PAGES)
				count = BUF_PAGES;
			to = oldmem_pages(mem, l->pfn + page, &count);
			if (!to || read_full(t->fd, t->name, buf, count * IMAGE_BLOCK,
					     l->offset + page * IMAGE_BLOCK) < 0)
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
	static struct ram_range ram[IMAGE_MAX_RAM];
	static struct vmcore core;
	char why[WHY_SIZE];
	struct oldmem mem;
	int nram, ret;

	core.file = *target;
	if (vmcore_open(&core) < 0)
		return -1;
	nram = ram_normalize(ram, vmcore_ram(&core, ram), why);
	if (nram < 0)
		return fail("%s: %s", target->name, why);
	if (dry)
		return 0;
	if (oldmem_open(&mem, ram, nram) < 0)
		return -1;
	ret = restore_loads(&core, &mem);
	oldmem_close(&mem);
	return ret;
}
