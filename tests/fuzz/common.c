// SPDX-License-Identifier: GPL-2.0-only
/*
 * common.c - a machine for the fuzz targets
 *
 * Page buffers come from malloc() as they were asked for, so that the sanitizer
 * knows their ends, and are refused above a limit as a helper's window would; the
 * log is not shown unless KHIB_FUZZ_LOG is set; /dev/oldmem and the progress are fakes.
 */
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../base/io.h"
#include "../../base/log.h"
#include "../../base/oldmem.h"
#include "../../base/console.h"
#include "../../image/ram.h"
#include "fuzz.h"

#define MEMORY_LIMIT (10u << 20)	/* a bitmap of so much takes no second to walk */

uint8_t oldmem_written[FAKE_PAGES];
bool oldmem_refused;

/* The linker puts these in place of what they are named after: see fuzz.mk. */
ssize_t __real_write(int fd, const void *buf, size_t count);
ssize_t __wrap_write(int fd, const void *buf, size_t count);
void *__wrap_alloc_pages(size_t bytes);
void *__wrap_alloc_shared(size_t bytes);
void __wrap_free_pages(void *pages, size_t bytes);

ssize_t __wrap_write(int fd, const void *buf, size_t count)
{
	static int shown = -1;

	if (shown < 0)
		shown = getenv("KHIB_FUZZ_LOG") != NULL;
	return fd == 2 && !shown ? (ssize_t)count : __real_write(fd, buf, count);
}

/* Large blocks are kept: new ones from the kernel would take longer than all the rest. */
#define KEPT 8
#define LARGE 65536u
static struct { void *block; size_t bytes; } kept[KEPT];

void *block_take(size_t bytes)
{
	void *p = NULL;

	for (int i = 0; i < KEPT; i++)
		if (kept[i].block && kept[i].bytes == bytes) {
			p = kept[i].block;
			kept[i].block = NULL;
			__asan_unpoison_memory_region(p, bytes);
			return p;
		}
	must(!posix_memalign(&p, 16, bytes));
	return p;
}

void block_give(void *block, size_t bytes)
{
	static int next;

	if (!block || bytes < LARGE) {
		free(block);
		return;
	}
	free(kept[next].block);
	kept[next].block = block;
	kept[next].bytes = bytes;
	__asan_poison_memory_region(block, bytes);
	next = (next + 1) % KEPT;
}

void *__wrap_alloc_pages(size_t bytes)
{
	if (!bytes || bytes > MEMORY_LIMIT) {
		fail("allocate %zu bytes", bytes);
		return NULL;
	}
	return memset(block_take(bytes), 0, bytes);
}

/* Nothing is shared where there is one process: workers.c. */
void *__wrap_alloc_shared(size_t bytes)
{
	return __wrap_alloc_pages(bytes);
}

void __wrap_free_pages(void *pages, size_t bytes)
{
	block_give(pages, bytes);
}

void broken(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, condition);
	abort();
}

char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	return text;
}

int oldmem_open(struct oldmem *mem, const struct ram_range *ram, size_t nram)
{
	*mem = (struct oldmem){ .ram = ram, .nram = nram };
	memset(oldmem_written, 0, sizeof oldmem_written);
	oldmem_refused = false;
	return 0;
}

void oldmem_close(struct oldmem *mem)
{
	mem->fd = -1;
}

uint8_t *oldmem_pages(struct oldmem *mem, uint64_t pfn, uint64_t *count)
{
	static uint8_t page[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

	*count = 1;
	if (pfn >= FAKE_PAGES || !ram_holds(mem->ram, mem->nram, pfn, 1)) {
		oldmem_refused = true;
		fail("pfn %#llx may not be written", (unsigned long long)pfn);
		return NULL;
	}
	oldmem_written[pfn] += oldmem_written[pfn] < UINT8_MAX;
	return page;
}

uint8_t *oldmem_run(struct oldmem *mem, uint64_t pfn, uint64_t count)
{
	return count == 1 ? oldmem_pages(mem, pfn, &count) : NULL;
}

void progress_start(struct progress *p, const char *what, uint64_t total)
{
	(void)p, (void)what, (void)total;
}

void progress_show(struct progress *p, uint64_t done)
{
	(void)p, (void)done;
}

void progress_end(struct progress *p, uint64_t done)
{
	(void)p, (void)done;
}
