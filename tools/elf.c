// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - khimage elf: the memory in an image as an ELF core, with holes for zero and free pages */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/page.h"
#include "../image/refuse.h"
#include "core.h"
#include "exchanges.h"
#include "kernel.h"
#include "khimage.h"
#include "open.h"

typedef unsigned long long ull;

struct core {
	struct pages p;
	struct kernel kernel;
	bool known;		/* the kernel was found */
	struct core_load *loads;
	size_t nloads, room;
	uint8_t *headers;
	size_t headers_len;
	const char *name;	/* of the core */
	int fd;
};

static int add_load(struct core *c, const struct core_load *load)
{
	if (c->nloads == CORE_LOADS)
		return fail("%s: more than %u pieces of memory", c->name, CORE_LOADS);
	if (c->nloads == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct core_load *loads = reallocarray(c->loads, room, sizeof *loads);

		if (!loads)
			return fail("%s: %zu pieces of memory:", c->name, room);
		c->loads = loads;
		c->room = room;
	}
	c->loads[c->nloads++] = *load;
	return 0;
}

/* Pages are met in their order; those of one load follow each other. */
static int add_pages(struct core *c, uint64_t pfn, uint64_t count, uint64_t rank)
{
	struct core_load *last = c->nloads ? &c->loads[c->nloads - 1] : NULL;
	struct core_load load = {
		.paddr = pfn * IMAGE_BLOCK, .bytes = count * IMAGE_BLOCK, .offset = rank * IMAGE_BLOCK,
		.vaddr = pfn * IMAGE_BLOCK + (c->known ? c->kernel.page_offset : 0),
	};

	if (!last || last->paddr + last->bytes != load.paddr)
		return add_load(c, &load);
	last->bytes += load.bytes;
	return 0;
}

/* Each page of RAM has its place in the file, also one that is left out. */
static int plan_memory(struct core *c)
{
	const struct exchange *e = c->p.exchanges, *end = e + c->p.nexchanges;
	uint64_t rank = 0;

	for (size_t i = 0; i < c->p.nruns; i++) {
		const struct page_run *run = &c->p.runs[i];

		if (run->class != PAGE_EXCHANGED && add_pages(c, run->pfn, run->count, rank) < 0)
			return -1;
		for (; e < end && e->pfn < run->pfn + run->count; e++)
			if (add_pages(c, e->pfn, 1, rank + (e->pfn - run->pfn)) < 0)
				return -1;
		rank += run->count;
	}
	return 0;
}

/* The kernel sees its own image at a second place, by which its symbols go. */
static int plan_text(struct core *c)
{
	uint64_t pa = kernel_phys(&c->kernel, c->kernel.text);

	for (size_t i = 0; i < c->nloads; i++) {
		struct core_load load = c->loads[i];

		if (pa < load.paddr || pa - load.paddr >= load.bytes)
			continue;
		load.offset += pa - load.paddr;
		load.bytes -= pa - load.paddr;
		load.paddr = pa;
		load.vaddr = c->kernel.text;
		if (load.bytes > c->kernel.text_bytes)
			load.bytes = c->kernel.text_bytes;
		return add_load(c, &load);
	}
	return 0;
}

/*
 * By their list first: the kernel's page tables may lie in pages that were
 * exchanged.  If it is not where 6.12 has it, the kernel may tell.
 */
static int find_all(struct core *c)
{
	char why[WHY_SIZE] = "list of kexec's pages: where it begins is not in the image";
	const char *name = c->p.img->target.name;
	uint64_t first;
	int found;

	if (exchanges_first(&c->p, &first))
		exchanges_find(&c->p, first, why);
	found = kernel_find(&c->kernel, &c->p);
	if (found < 0)
		return -1;
	c->known = found;
	if (!c->known)
		info("%s: no VMCOREINFO of kernel %s is in the image: the core has physical addresses alone",
		     name, c->p.img->head.release);
	else if (!c->p.nexchanges && kernel_kexec_list(&c->kernel, &first))
		exchanges_find(&c->p, first, why);
	if (!c->p.nexchanges)
		info("%s: %s", name, why);
	return c->p.img->verdict == SET_ASIDE ? -1 : 0;
}

static int plan(struct core *c)
{
	if (find_all(c) < 0 || plan_memory(c) < 0 || (c->known && plan_text(c) < 0))
		return -1;
	c->headers = core_headers(c->loads, c->nloads, c->kernel.info.text,
				  c->known ? c->kernel.info.len : 0, &c->headers_len);
	return c->headers ? 0 : fail("%s: headers of %zu pieces of memory:", c->name, c->nloads);
}

static int put(const struct core *c, uint64_t rank, const uint8_t *pages, uint64_t count)
{
	return write_full(c->fd, c->name, pages, count * IMAGE_BLOCK,
			  c->headers_len + rank * IMAGE_BLOCK);
}

static int put_exchanged(struct core *c, uint64_t pfn, uint64_t rank)
{
	const uint8_t *page;

	if (pages_at(&c->p, pfn, &page) < 0)
		return -1;
	return page && !page_is_zero(page) ? put(c, rank, page, 1) : 0;
}

/* The headers come last: what was not finished is no core. */
static int write_core(struct core *c)
{
	const struct exchange *e = c->p.exchanges, *end = e + c->p.nexchanges;
	uint64_t rank = 0;
	struct stat st;

	for (size_t i = 0; i < c->p.nruns; i++) {
		const struct page_run *run = &c->p.runs[i];

		if (run->class == PAGE_SAVED) {
			const uint8_t *pages = pages_read(&c->p, run, 0);

			if (!pages || put(c, rank, pages, run->count) < 0)
				return -1;
		}
		for (; e < end && e->pfn < run->pfn + run->count; e++)
			if (put_exchanged(c, e->pfn, rank + (e->pfn - run->pfn)) < 0)
				return -1;
		rank += run->count;
	}
	if (fstat(c->fd, &st) < 0)
		return fail("write %s:", c->name);
	if (S_ISREG(st.st_mode) && ftruncate(c->fd, c->headers_len + rank * IMAGE_BLOCK) < 0)
		return fail("size of %s:", c->name);
	return write_full(c->fd, c->name, c->headers, c->headers_len, 0);
}

/* It holds all of a system's secrets: for its owner alone. */
static int create(struct core *c, const struct target *image)
{
	struct stat in, out;

	if (fstat(image->fd, &in) < 0)
		return fail("%s:", image->name);
	if (!stat(c->name, &out)) {
		if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return fail("%s: is the image itself", c->name);
		if (S_ISBLK(out.st_mode))
			return fail("%s: a core has holes, a block device has none", c->name);
	}
	c->fd = open(c->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return c->fd < 0 ? fail("open %s:", c->name) : 0;
}

static void report(const struct core *c)
{
	const struct image *img = c->p.img;
	const struct image_tail *tail = img->tail.tail;
	uint64_t left_out = tail->swapped_pages - c->p.nexchanges;

	printf("%s: kernel %s, %zu pieces of memory, %llu MiB\n", c->name, img->head.release, c->nloads,
	       (ull)(tail->ram_pages - left_out) * IMAGE_BLOCK >> 20);
	if (c->known)
		printf("%s: KERNELOFFSET 0x%llx, page_offset_base 0x%llx, phys_base 0x%llx\n", c->name,
		       (ull)c->kernel.offset, (ull)c->kernel.page_offset, (ull)c->kernel.phys_base);
	if (c->p.nexchanges)
		printf("%s: %zu pages that the jump exchanged are back in their places\n", c->name,
		       c->p.nexchanges);
	if (left_out)
		printf("%s: %llu pages that the jump exchanged are left out\n", c->name, (ull)left_out);
	if (tail->free_pages)
		printf("%s: %llu pages were free: they are not in the image, and read as zero\n", c->name,
		       (ull)tail->free_pages);
}

static int elf(struct image *img, const char *out)
{
	struct core c = { .name = out, .fd = -1 };
	int ret = FAILED;

	if (img->head.arch != IMAGE_X86_64) {
		fail("%s: architecture %u, cores are made for %u alone", img->target.name,
		     img->head.arch, IMAGE_X86_64);
		return FAILED;
	}
	if (pages_open(&c.p, img) < 0 || create(&c, &img->target) < 0 || plan(&c) < 0 ||
	    write_core(&c) < 0)
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
