// SPDX-License-Identifier: GPL-2.0-only
/* krestore.c - the command: put an image or a copy of /proc/vmcore back into memory */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/console.h"
#include "../base/io.h"
#include "../base/jump.h"
#include "../base/log.h"
#include "../base/oldmem.h"
#include "../base/vmcore.h"
#include "../image/page.h"
#include "../image/ram.h"
#include "restore.h"

#define BUF_PAGES 256u

enum { OK = 0, FAILED = 1, USAGE = 2 };

static const char usage[] =
	"usage: krestore --check FILE\n"
	"       krestore [--entry ADDRESS] [--jump] FILE\n"
	"FILE is an image, on a device or in a file, or a copy of /proc/vmcore.\n"
	"See krestore(8).\n";

struct options {
	const char *file;
	uint64_t entry;
	bool check;
	bool jump;
};

static int parse(int argc, char **argv, struct options *o)
{
	char *end;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--check")) {
			o->check = true;
		} else if (!strcmp(argv[i], "--jump")) {
			o->jump = true;
		} else if (!strcmp(argv[i], "--entry") && i + 1 < argc) {
			o->entry = strtoull(argv[++i], &end, 0);
			if (*end || !o->entry)
				return fail("--entry %s: not an address", argv[i]);
		} else if (*argv[i] == '-' || o->file) {
			return fail("%s: not understood", argv[i]);
		} else {
			o->file = argv[i];
		}
	}
	if (!o->file || (o->check && (o->entry || o->jump))) {
		write(2, usage, sizeof usage - 1);
		return -1;
	}
	return 0;
}

static bool elf_is(const struct file *file)
{
	static char block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

	return file->size >= sizeof block &&
	       !read_full(file->fd, file->name, block, sizeof block, 0) &&
	       !memcmp(block, ELFMAG, SELFMAG);
}

static int restore_loads(const struct vmcore *core, struct oldmem *mem)
{
	/* Direct I/O does not reach mapped oldmem, which has no struct pages. */
	uint8_t *buf = alloc_pages(BUF_PAGES * IMAGE_BLOCK);
	const struct file *f = &core->file;
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
			if (!to || read_full(f->fd, f->name, buf, count * IMAGE_BLOCK,
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

/*
 * The way of 2007: write every load of a plain copy of /proc/vmcore to /dev/oldmem.
 * Such a file has no checksums and does not know its machine: all that is checked is
 * that it is whole and that the kernel takes each page.
 */
static int restore_core(const struct options *o, const struct file *file)
{
	static struct ram_range ram[IMAGE_MAX_RAM];
	static struct vmcore core;
	char why[WHY_SIZE];
	struct oldmem mem;
	int nram, ret;

	if (!o->check && !o->entry)
		return fail("%s: a core does not know its entry: --entry is needed", o->file);
	core.file = *file;
	if (vmcore_open(&core) < 0)
		return -1;
	nram = ram_normalize(ram, vmcore_ram(&core, ram), why);
	if (nram < 0)
		return fail("%s: %s", file->name, why);
	if (o->check) {
		info("%s: an ELF core, whole; it has no checksums", o->file);
		return 0;
	}
	if (oldmem_open(&mem, ram, nram) < 0)
		return -1;
	ret = restore_loads(&core, &mem);
	oldmem_close(&mem);
	if (ret < 0 || jump_entry_write(o->entry) < 0)
		return -1;
	if (!o->jump)
		return 0;
	return jump_load(o->entry) < 0 ? -1 : jump();
}

static int restore_image(const struct options *o, struct image *img)
{
	if (o->check) {
		if (image_verify(img) < 0)
			return -1;
		info("%s: image is whole, %u chunks", o->file, img->tail.tail->nchunks);
		return 0;
	}
	if (o->entry)
		return fail("%s: an image knows its entry, %#llx: no --entry", o->file,
			    (ull)img->head.entry);
	if (resume(img, o->jump) != RESUME_READY)
		return -1;
	if (!o->jump)
		return 0;
	jump();
	image_jump_failed(img);
	return -1;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct target target;
	struct file file;
	struct image img;
	bool core;
	int ret;

	log_to_stderr("krestore");
	if (parse(argc, argv, &o) < 0)
		return USAGE;
	if (file_open(o.file, false, &file) < 0)
		return FAILED;
	core = elf_is(&file);
	ret = core ? restore_core(&o, &file) : target_open(o.file, !o.check, &target);
	file_close(&file);
	if (!core && !ret) {
		ret = image_open(&img, &target, o.check ? IMAGE_LOOK : IMAGE_RESUME);
		if (!ret)
			ret = restore_image(&o, &img);
		image_close(&img);
	}
	return ret ? FAILED : OK;
}
