// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - khimage elf: the memory in an image as an ELF core, with holes for zero and free pages */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../linux/elfcore.h"
#include "khimage.h"
#include "pages.h"

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
	if (c->nloads == ELF_CORE_LOADS)
		return fail("%s: more than %u pieces of memory", c->name, ELF_CORE_LOADS);
	c->loads = grow(c->loads, c->nloads, sizeof *c->loads, "pieces of memory");
	if (!c->loads)
		return -1;
	c->loads[c->nloads++] = *load;
	return 0;
}

/*
 * Call take() for all memory that the core has, in its order, until it fails.  source: the
 * first page of the image that has its contents.  Each page of RAM has its place in the
 * file, also one that is left out.
 */
static int walk(struct core *c, int (*take)(struct core *c, const struct elf_piece *piece,
					    uint64_t source))
{
	const struct exchanged *x = &c->kernel.exchanged;
	const struct exchange *e = x->pairs, *end = e + x->n;
	uint64_t offset = 0, virt = c->kernel.known ? c->kernel.kernel.page_offset : 0;

	for (size_t i = 0; i < c->p.nruns; i++) {
		const struct page_run *run = &c->p.runs[i];
		const uint64_t phys = (uint64_t)run->pfn * IMAGE_BLOCK;
		const struct elf_piece all = {
			virt + phys, phys, (uint64_t)run->count * IMAGE_BLOCK, offset,
		};

		if (run->class != PAGE_EXCHANGED && take(c, &all, run->pfn) < 0)
			return -1;
		for (; e < end && e->pfn < run_end(run); e++) {
			const uint64_t skip = e->pfn * IMAGE_BLOCK - phys;
			const struct elf_piece one = {
				all.vaddr + skip, phys + skip, IMAGE_BLOCK, offset + skip,
			};

			if (take(c, &one, e->source) < 0)
				return -1;
		}
		offset += all.bytes;
	}
	return 0;
}

/* Pieces that follow each other are one load. */
static int plan_piece(struct core *c, const struct elf_piece *piece, uint64_t source)
{
	struct elf_piece *last = c->nloads ? &c->loads[c->nloads - 1] : NULL;

	(void)source;
	if (!last || last->paddr + last->bytes != piece->paddr)
		return add_load(c, piece);
	last->bytes += piece->bytes;
	return 0;
}

/* The kernel sees its own image at a second place, by which its symbols go. */
static int plan_text(struct core *c)
{
	const struct kernel *k = &c->kernel.kernel;

	for (size_t i = 0; i < c->nloads; i++) {
		struct elf_piece load = c->loads[i];
		uint64_t skip = k->text_phys - load.paddr;

		/* If the text begins below this load, skip has wrapped around. */
		if (skip >= load.bytes)
			continue;
		load.vaddr = k->text;
		load.paddr += skip;
		load.offset += skip;
		load.bytes = load.bytes - skip < k->text_bytes ? load.bytes - skip : k->text_bytes;
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
	if (walk(c, plan_piece) < 0 || (c->kernel.known && plan_text(c) < 0))
		return -1;
	c->headers_len = elf_core_size(c->nloads, info_len);
	c->headers = calloc(1, c->headers_len);
	if (!c->headers)
		return fail("%s: headers of %zu pieces of memory:", c->name, c->nloads);
	elf_core_make(c->headers, c->loads, c->nloads, k->note, info_len);
	return 0;
}

static int write_piece(struct core *c, const struct elf_piece *piece, uint64_t source)
{
	const struct page_run *run = pages_find(&c->p, source);
	const uint8_t *pages;

	if (run->class != PAGE_SAVED)
		return 0;
	pages = pages_read(&c->p, run, source);
	if (!pages)
		return -1;
	return write_full(c->fd, c->name, pages, piece->bytes, c->headers_len + piece->offset);
}

/* The headers come last: what was not finished is no core. */
static int write_core(struct core *c)
{
	uint64_t size = c->headers_len + c->p.img->tail.tail->ram_pages * IMAGE_BLOCK;
	struct stat st;

	if (walk(c, write_piece) < 0)
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

static int make(struct core *c, struct image *img)
{
	if (img->head.arch != IMAGE_X86_64)
		return fail("%s: architecture %u, cores are made for %u alone", img->target.name,
			    img->head.arch, IMAGE_X86_64);
	if (pages_open(&c->p, img) < 0 || create(c, &img->target) < 0 ||
	    image_kernel_find(&c->kernel, &c->p) < 0 || plan(c) < 0)
		return -1;
	return write_core(c);
}

int elf_command(const struct arguments *a)
{
	static struct core c;
	struct image img;
	int ret = open_image(a->operands[0], &img);

	c = (struct core){ .name = a->operands[1], .fd = -1 };
	if (!ret && make(&c, &img) < 0)
		ret = FAILED;
	if (c.fd >= 0 && close(c.fd) < 0 && !ret) {
		fail("write %s:", c.name);
		ret = FAILED;
	}
	if (!ret)
		report(&c);
	free(c.headers);
	free(c.loads);
	free(c.kernel.exchanged.pairs);
	pages_close(&c.p);
	image_close(&img);
	return ret;
}
