// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcore.c - map /proc/vmcore a piece at a time
 *
 * read(2) there costs a mapping and a TLB flush for each page; mmap(2) does
 * 16 MiB at once, and its page tables are small enough for the window.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "vmcore.h"

#define MAP_PAGES 4096u

static int read_headers(int fd, void *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	/* The file may be shorter than the buffer. */
	while (len < size && (n = pread(fd, (char *)buf + len, size - len, len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("read /proc/vmcore:");
		len += n;
	}
	return len;
}

int vmcore_open(struct vmcore *vm)
{
	void *headers = alloc_pages(ELF_HEADERS);
	char why[WHY_SIZE];
	struct stat st;
	int len, ret = -1;

	vm->fd = -1;
	vm->pages = 0;
	if (!headers)
		return -1;
	vm->fd = open("/proc/vmcore", O_RDONLY | O_CLOEXEC);
	if (vm->fd < 0 || fstat(vm->fd, &st) < 0) {
		fail("open /proc/vmcore:");
		goto out;
	}
	len = read_headers(vm->fd, headers, ELF_HEADERS);
	if (len < 0)
		goto out;
	vm->nloads = elf_loads(headers, len, st.st_size, vm->loads, IMAGE_MAX_RAM, why);
	if (vm->nloads < 0) {
		fail("/proc/vmcore: %s", why);
		goto out;
	}
	for (int i = 0; i < vm->nloads; i++)
		vm->pages += vm->loads[i].pages;
	if (elf_notes(headers, len, st.st_size, &vm->notes, vm->why_no_notes) < 0)
		vm->notes.bytes = 0;
	ret = 0;
out:
	free_pages(headers, ELF_HEADERS);
	return ret;
}

void vmcore_close(struct vmcore *vm)
{
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = -1;
}

void vmcore_unmap(struct vmcore_map *m)
{
	if (m->at)
		munmap(m->at, m->bytes);
	m->at = NULL;
}

static const void *map(struct vmcore_map *m, const struct elf_load *l, uint64_t page,
		       uint64_t count)
{
	void *p;

	vmcore_unmap(m);
	m->bytes = count * IMAGE_BLOCK;
	p = mmap(NULL, m->bytes, PROT_READ, MAP_PRIVATE, m->vm->fd, l->offset + page * IMAGE_BLOCK);
	if (p == MAP_FAILED)
		return NULL;
	m->at = p;
	return p;
}

const uint8_t *vmcore_pages(struct vmcore_map *m, int load, uint64_t page, uint64_t *count)
{
	const struct elf_load *l = &m->vm->loads[load];
	const uint8_t *p;

	if (*count > MAP_PAGES)
		*count = MAP_PAGES;
	if (*count > l->pages - page)
		*count = l->pages - page;
	p = map(m, l, page, *count);
	if (!p)
		fail("map /proc/vmcore, pfn %#llx, %llu pages:", (ull)(l->pfn + page), (ull)*count);
	return p;
}

/* The load that has pages [pfn, pfn + count), or NULL. */
static const struct elf_load *find(const struct vmcore *vm, uint64_t pfn, uint64_t count, char *why)
{
	for (int i = 0; i < vm->nloads; i++) {
		const struct elf_load *l = &vm->loads[i];

		if (pfn >= l->pfn && pfn - l->pfn < l->pages && count <= l->pages - (pfn - l->pfn))
			return l;
	}
	snprintf(why, WHY_SIZE, "/proc/vmcore has no %llu pages from pfn %#llx on",
		 (ull)count, (ull)pfn);
	return NULL;
}

static int copy(const struct vmcore *vm, void *buf, size_t len, uint64_t offset, char *why)
{
	char *to = buf;

	while (len) {
		ssize_t n = pread(vm->fd, to, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return refuse(why, "read /proc/vmcore at %#llx: %s", (ull)offset,
				      n < 0 ? strerror(errno) : "it ends there");
		to += n;
		len -= n;
		offset += n;
	}
	return 0;
}

int vmcore_notes(const struct vmcore *vm, void *buf, size_t size, size_t *len, char *why)
{
	if (!vm->notes.bytes)
		return refuse(why, "%s", vm->why_no_notes);
	if (vm->notes.bytes > size)
		return refuse(why, "/proc/vmcore: %llu bytes of notes, at most %zu are expected",
			      (ull)vm->notes.bytes, size);
	*len = vm->notes.bytes;
	return copy(vm, buf, vm->notes.bytes, vm->notes.offset, why);
}

int vmcore_read(const struct vmcore *vm, uint64_t phys, void *buf, size_t len, char *why)
{
	const struct elf_load *l = find(vm, phys / IMAGE_BLOCK, 1, why);

	if (!l)
		return -1;
	return copy(vm, buf, len, l->offset + (phys - l->pfn * IMAGE_BLOCK), why);
}

const void *vmcore_see(struct vmcore_map *m, uint64_t phys, size_t len, char *why)
{
	uint64_t pfn = phys / IMAGE_BLOCK, count = len / IMAGE_BLOCK;
	const struct elf_load *l = find(m->vm, pfn, count, why);
	const void *p;

	if (!l)
		return NULL;
	p = map(m, l, pfn - l->pfn, count);
	if (!p)
		snprintf(why, WHY_SIZE, "map /proc/vmcore, pfn %#llx, %llu pages: %s",
			 (ull)pfn, (ull)count, strerror(errno));
	return p;
}
