// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - khimage elf: the memory in an image as an ELF core, with holes for zero and free pages */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/refuse.h"
#include "../linux/elfcore.h"
#include "image-kernel.h"
#include "khimage.h"

struct core {
	struct pages p;
	struct image_kernel kernel;
	struct elf_piece *loads;
	size_t nloads;
	uint8_t *headers;
	size_t headers_len;
	const char *name;	/* of the core */
	int fd;
};

static int add_load(struct core *c, const struct elf_piece *load)
{
	struct elf_piece *loads;

	if (c->nloads == ELF_CORE_LOADS)
		return fail("%s: more than %u pieces of memory", c->name, ELF_CORE_LOADS);
	loads = grow(c->loads, c->nloads, sizeof *loads, "pieces of memory");
	if (!loads)
		return -1;
	c->loads = loads;
	c->loads[c->nloads++] = *load;
	return 0;
}

/*
 * Pages [pfn, pfn + count), whose contents are those of pages [source, source + count) of
 * the image.  rank: how many pages of RAM lie below them, which is their place in the core.
 */
struct span {
	uint64_t pfn, count, source, rank;
};

/*
 * Call take() for all pages that the core has, in their order, until it fails.  Each page of
 * RAM has its place in the file, also one that is left out.
 */
static int walk(struct core *c, int (*take)(struct core *c, const struct span *span))
{
	const struct exchanged *x = &c->kernel.exchanged;
	const struct exchange *e = x->pairs, *end = e + x->n;
	uint64_t rank = 0;

	for (size_t i = 0; i < c->p.nruns; i++) {
		const struct page_run *run = &c->p.runs[i];
		const struct span all = { run->pfn, run->count, run->pfn, rank };

		if (run->class != PAGE_EXCHANGED && take(c, &all) < 0)
			return -1;
		for (; e < end && e->pfn < run_end(run); e++) {
			const struct span one = { e->pfn, 1, e->source, rank + e->pfn - run->pfn };

			if (take(c, &one) < 0)
				return -1;
		}
		rank += run->count;
	}
	return 0;
}

/* Spans that follow each other are one load. */
static int plan_span(struct core *c, const struct span *span)
{
	struct elf_piece *last = c->nloads ? &c->loads[c->nloads - 1] : NULL;
	struct elf_piece load = {
		.paddr = span->pfn * IMAGE_BLOCK, .bytes = span->count * IMAGE_BLOCK,
		.offset = span->rank * IMAGE_BLOCK,
		.vaddr = span->pfn * IMAGE_BLOCK,
	};

	if (c->kernel.known)
		load.vaddr += c->kernel.kernel.page_offset;
	if (!last || last->paddr + last->bytes != load.paddr)
		return add_load(c, &load);
	last->bytes += load.bytes;
	return 0;
}

/* The kernel sees its own image at a second place, by which its symbols go. */
static int plan_text(struct core *c)
{
	const struct kernel *k = &c->kernel.kernel;

	for (size_t i = 0; i < c->nloads; i++) {
		struct elf_piece load = c->loads[i];

		if (k->text_phys < load.paddr || k->text_phys - load.paddr >= load.bytes)
			continue;
		load.offset += k->text_phys - load.paddr;
		load.bytes -= k->text_phys - load.paddr;
		load.paddr = k->text_phys;
		load.vaddr = k->text;
		if (load.bytes > k->text_bytes)
			load.bytes = k->text_bytes;
		return add_load(c, &load);
	}
	return 0;
}

static int plan(struct core *c)
{
	const struct kernel *k = &c->kernel.kernel;
	size_t info_len = c->kernel.known ? k->note_len : 0;

	if (!c->kernel.known)
		info("%s: no VMCOREINFO of kernel %s in the image: its core has physical addresses",
		     c->p.img->target.name, c->p.img->head.release);
	if (*c->kernel.no_exchanged)
		info("%s: %s", c->p.img->target.name, c->kernel.no_exchanged);
	if (walk(c, plan_span) < 0 || (c->kernel.known && plan_text(c) < 0))
		return -1;
	c->headers_len = elf_core_size(c->nloads, info_len);
	c->headers = calloc(1, c->headers_len);
	if (!c->headers)
		return fail("%s: headers of %zu pieces of memory:", c->name, c->nloads);
	elf_core_make(c->headers, c->loads, c->nloads, k->note, info_len);
	return 0;
}

static int write_span(struct core *c, const struct span *span)
{
	const struct page_run *run = pages_find(&c->p, span->source);
	const uint8_t *pages;

	if (run->class != PAGE_SAVED)
		return 0;
	pages = pages_read(&c->p, run, span->source);
	if (!pages)
		return -1;
	return write_full(c->fd, c->name, pages, span->count * IMAGE_BLOCK,
			  c->headers_len + span->rank * IMAGE_BLOCK);
}

/* The headers come last: what was not finished is no core. */
static int write_core(struct core *c)
{
	uint64_t size = c->headers_len + c->p.img->tail.tail->ram_pages * IMAGE_BLOCK;
	struct stat st;

	if (walk(c, write_span) < 0)
		return -1;
	if (fstat(c->fd, &st) < 0)
		return fail("write %s:", c->name);
	if (S_ISREG(st.st_mode) && ftruncate(c->fd, size) < 0)
		return fail("size of %s:", c->name);
	return write_full(c->fd, c->name, c->headers, c->headers_len, 0);
}

/*
 * It holds all of a system's secrets, so it is a new file that nobody else has open or owns: a
 * regular file of that name is removed, not written to.
 */
static int create(struct core *c, const struct target *image)
{
	struct stat in, out;
	bool exists = false;

	if (fstat(image->fd, &in) < 0)
		return fail("%s:", image->name);
	if (!stat(c->name, &out)) {
		if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return fail("%s: is the image itself", c->name);
		if (S_ISBLK(out.st_mode))
			return fail("%s: a core has holes, a block device has none", c->name);
		if (S_ISREG(out.st_mode) && unlink(c->name) < 0)
			return fail("remove %s:", c->name);
		exists = !S_ISREG(out.st_mode);
	}
	c->fd = open(c->name, O_WRONLY | O_CLOEXEC | (exists ? 0 : O_CREAT | O_EXCL), 0600);
	return c->fd < 0 ? fail("open %s:", c->name) : 0;
}

static void report(const struct core *c)
{
	const struct kernel *k = &c->kernel.kernel;
	const struct image *img = c->p.img;
	const struct image_tail *tail = img->tail.tail;
	size_t back = c->kernel.exchanged.n;
	uint64_t left_out = tail->swapped_pages - back;

	printf("%s: kernel %s, %zu pieces of memory, %llu MiB\n", c->name, img->head.release,
	       c->nloads, (ull)(tail->ram_pages - left_out) * IMAGE_BLOCK >> 20);
	if (c->kernel.known)
		printf("%s: KERNELOFFSET 0x%llx, page_offset_base 0x%llx, phys_base 0x%llx\n",
		       c->name, (ull)k->info.kernel_offset, (ull)k->page_offset,
		       (ull)k->info.phys_base);
	if (back)
		printf("%s: %zu pages that the jump exchanged are back in their places\n",
		       c->name, back);
	if (left_out)
		printf("%s: %llu pages that the jump exchanged are left out\n", c->name,
		       (ull)left_out);
	if (tail->free_pages)
		printf("%s: %llu pages were free: they are not in the image, and read as zero\n",
		       c->name, (ull)tail->free_pages);
}

static int elf(struct image *img, const char *out)
{
	static struct core c;
	int ret = FAILED;

	c = (struct core){ .name = out, .fd = -1 };
	if (img->head.arch != IMAGE_X86_64) {
		fail("%s: architecture %u, cores are made for %u alone", img->target.name,
		     img->head.arch, IMAGE_X86_64);
		return FAILED;
	}
	if (pages_open(&c.p, img) < 0 || create(&c, &img->target) < 0 ||
	    image_kernel_find(&c.kernel, &c.p) < 0 || plan(&c) < 0 || write_core(&c) < 0)
		goto out;
	if (close(c.fd) < 0)
		fail("write %s:", c.name);
	else
		ret = OK;
	c.fd = -1;
	if (ret == OK)
		report(&c);
out:
	if (c.fd >= 0)
		close(c.fd);
	free(c.headers);
	free(c.loads);
	image_kernel_end(&c.kernel);
	pages_close(&c.p);
	return ret;
}

int elf_command(int argc, char **argv)
{
	struct image img;
	int ret;

	if (argc != 2)
		return USAGE;
	ret = open_image(*argv, &img);
	if (!ret)
		ret = elf(&img, argv[1]);
	image_close(&img);
	return ret;
}
