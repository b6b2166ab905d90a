// SPDX-License-Identifier: GPL-2.0-only
/* oldmem.c - a piece of /dev/oldmem is mapped at a time, for the page tables lie in the window */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../image/ram.h"
#include "log.h"
#include "oldmem.h"

#define MAP_PAGES 4096u		/* 16 MiB; 32 kB of page tables */

int oldmem_open(struct oldmem *mem, const struct ram_range *ram, size_t nram)
{
	*mem = (struct oldmem){ .ram = ram, .nram = nram };
	mem->fd = open("/dev/oldmem", O_RDWR | O_CLOEXEC);
	if (mem->fd < 0)
		return fail("open /dev/oldmem:");
	return 0;
}

static void unmap(struct oldmem *mem)
{
	if (mem->map)
		munmap(mem->map, mem->pages * IMAGE_BLOCK);
	mem->map = NULL;
}

void oldmem_close(struct oldmem *mem)
{
	unmap(mem);
	if (mem->fd >= 0)
		close(mem->fd);
	mem->fd = -1;
}

/* Pages from pfn to the end of its range, 0 if it is in none. */
static uint64_t pages_left(const struct oldmem *mem, uint64_t pfn)
{
	for (size_t i = 0; i < mem->nram; i++)
		if (ram_holds(&mem->ram[i], 1, pfn, 1))
			return mem->ram[i].end / IMAGE_BLOCK - pfn;
	return 0;
}

uint8_t *oldmem_pages(struct oldmem *mem, uint64_t pfn, uint64_t *count)
{
	if (!mem->map || pfn < mem->pfn || pfn - mem->pfn >= mem->pages) {
		void *p;

		unmap(mem);
		mem->pages = pages_left(mem, pfn);
		if (!mem->pages) {
			fail("map oldmem at pfn %#llx: not in the %zu ranges to be restored",
			     (ull)pfn, mem->nram);
			return NULL;
		}
		if (mem->pages > MAP_PAGES)
			mem->pages = MAP_PAGES;
		p = mmap(NULL, mem->pages * IMAGE_BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED,
			 mem->fd, pfn * IMAGE_BLOCK);
		if (p == MAP_FAILED) {
			fail("map oldmem at pfn %#llx, %llu pages:", (ull)pfn, (ull)mem->pages);
			return NULL;
		}
		mem->map = p;
		mem->pfn = pfn;
	}
	if (*count > mem->pages - (pfn - mem->pfn))
		*count = mem->pages - (pfn - mem->pfn);
	return mem->map + (pfn - mem->pfn) * IMAGE_BLOCK;
}

uint8_t *oldmem_run(struct oldmem *mem, uint64_t pfn, uint64_t count)
{
	uint64_t n = count;
	uint8_t *pages = oldmem_pages(mem, pfn, &n);

	return n == count ? pages : NULL;
}
