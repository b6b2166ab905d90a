// SPDX-License-Identifier: GPL-2.0-only
/* vmcore.c - map /proc/vmcore a piece at a time, for read(2) flushes the TLB for each page */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "io.h"
#include "log.h"
#include "vmcore.h"

#define EXTENT_PAGES 1024u

int vmcore_open(struct vmcore *vm)
{
	const struct file *file = &vm->file;
	size_t len = file->size < ELF_HEADERS ? file->size : ELF_HEADERS;
	void *headers = alloc_pages(ELF_HEADERS);
	char why[WHY_SIZE];
	int ret = -1;

	vm->pages = 0;
	if (!headers || read_full(file->fd, file->name, headers, len, 0) < 0)
		goto out;
	vm->nloads = elf_loads(headers, len, file->size, vm->loads, IMAGE_MAX_RAM, why);
	if (vm->nloads < 0) {
		fail("%s: %s", file->name, why);
		goto out;
	}
	for (int i = 0; i < vm->nloads; i++)
		vm->pages += vm->loads[i].pages;
	if (elf_notes(headers, len, file->size, &vm->notes, vm->why_no_notes) < 0)
		vm->notes.bytes = 0;
	ret = 0;
out:
	free_pages(headers, ELF_HEADERS);
	return ret;
}

int vmcore_ram(const struct vmcore *vm, struct ram_range *ram)
{
	for (int i = 0; i < vm->nloads; i++) {
		ram[i].start = vm->loads[i].pfn * IMAGE_BLOCK;
		ram[i].end = ram[i].start + vm->loads[i].pages * IMAGE_BLOCK;
	}
	return vm->nloads;
}

bool vmcore_extent(const struct vmcore *vm, uint64_t n, uint64_t *pfn, uint64_t *count)
{
	for (int i = 0; i < vm->nloads; i++) {
		const struct elf_load *l = &vm->loads[i];
		uint64_t extents = (l->pages + EXTENT_PAGES - 1) / EXTENT_PAGES;

		if (n < extents) {
			*pfn = l->pfn + n * EXTENT_PAGES;
			*count = l->pages - n * EXTENT_PAGES;
			if (*count > EXTENT_PAGES)
				*count = EXTENT_PAGES;
			return true;
		}
		n -= extents;
	}
	return false;
}

void vmcore_unmap(struct vmcore_map *m)
{
	if (m->at)
		munmap(m->at, m->bytes);
	m->at = NULL;
}

/* Where the file has pages [pfn, pfn + count), or -1. */
static int64_t find(const struct vmcore *vm, uint64_t pfn, uint64_t count, char *why)
{
	for (int i = 0; i < vm->nloads; i++) {
		const struct elf_load *l = &vm->loads[i];

		if (pfn >= l->pfn && pfn - l->pfn < l->pages && count <= l->pages - (pfn - l->pfn))
			return l->offset + (pfn - l->pfn) * IMAGE_BLOCK;
	}
	return refuse(why, "%s has no %llu pages from pfn %#llx on", vm->file.name, (ull)count,
		      (ull)pfn);
}

static const void *map(struct vmcore_map *m, uint64_t pfn, uint64_t count, char *why)
{
	int64_t offset = find(m->vm, pfn, count, why);
	void *p;

	if (offset < 0)
		return NULL;
	vmcore_unmap(m);
	m->bytes = count * IMAGE_BLOCK;
	p = mmap(NULL, m->bytes, PROT_READ, MAP_PRIVATE, m->vm->file.fd, offset);
	if (p == MAP_FAILED) {
		snprintf(why, WHY_SIZE, "map %s, pfn %#llx, %llu pages: %s", m->vm->file.name,
			 (ull)pfn, (ull)count, strerror(errno));
		return NULL;
	}
	m->at = p;
	return p;
}

const uint8_t *vmcore_pages(struct vmcore_map *m, uint64_t pfn, uint64_t count)
{
	char why[WHY_SIZE];
	const void *p = map(m, pfn, count, why);

	if (!p)
		fail("%s", why);
	return p;
}

int vmcore_notes(const struct vmcore *vm, void *buf, size_t size, size_t *len, char *why)
{
	if (!vm->notes.bytes)
		return refuse(why, "%s", vm->why_no_notes);
	if (vm->notes.bytes > size)
		return refuse(why, "/proc/vmcore: %llu bytes of notes, at most %zu are expected",
			      (ull)vm->notes.bytes, size);
	*len = vm->notes.bytes;
	return read_why(vm->file.fd, vm->file.name, buf, *len, vm->notes.offset, why);
}

int vmcore_read(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why)
{
	const struct vmcore *vm = ((struct vmcore_map *)mem->context)->vm;
	int64_t offset = find(vm, phys / IMAGE_BLOCK, 1, why);

	if (offset < 0)
		return -1;
	return read_why(vm->file.fd, vm->file.name, buf, len, offset + phys % IMAGE_BLOCK, why);
}

const void *vmcore_see(struct amem *mem, uint64_t phys, size_t len, char *why)
{
	return map(mem->context, phys / IMAGE_BLOCK, len / IMAGE_BLOCK, why);
}
