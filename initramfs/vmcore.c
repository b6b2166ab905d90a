// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcore.c - map /proc/vmcore a piece at a time
 *
 * read(2) there costs a mapping and a TLB flush for each page; mmap(2) does
 * 16 MiB at once, and its page tables are small enough for the window.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/why.h"
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
	vm->map = NULL;
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
	ret = 0;
out:
	free_pages(headers, ELF_HEADERS);
	return ret;
}

void vmcore_unmap(struct vmcore *vm)
{
	if (vm->map)
		munmap(vm->map, vm->map_bytes);
	vm->map = NULL;
}

void vmcore_close(struct vmcore *vm)
{
	vmcore_unmap(vm);
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = -1;
}

const uint8_t *vmcore_pages(struct vmcore *vm, int load, uint64_t page, uint64_t *count)
{
	const struct elf_load *l = &vm->loads[load];
	void *p;

	vmcore_unmap(vm);
	if (*count > MAP_PAGES)
		*count = MAP_PAGES;
	if (*count > l->pages - page)
		*count = l->pages - page;
	vm->map_bytes = *count * IMAGE_BLOCK;
	p = mmap(NULL, vm->map_bytes, PROT_READ, MAP_PRIVATE, vm->fd, l->offset + page * IMAGE_BLOCK);
	if (p == MAP_FAILED) {
		fail("map /proc/vmcore, pfn %#llx, %llu pages:",
		     (unsigned long long)(l->pfn + page), (unsigned long long)*count);
		return NULL;
	}
	vm->map = p;
	return p;
}
