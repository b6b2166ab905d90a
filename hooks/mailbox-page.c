// SPDX-License-Identifier: GPL-2.0-only
/* mailbox-page.c - the page of this system in which the helper leaves what happened */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/session-keys.h"
#include "carry-out.h"

#define BLOCK (1u << 20)
#define SPARE_BLOCKS 16u
#define LOW_END 0x100000u		/* below it B has its trampolines */
#define PAGEMAP_PRESENT (1ull << 63)	/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PFN ((1ull << 55) - 1)

/* Physical address of the page at p, 0 and said if it has none. */
static uint64_t physical(const void *p)
{
	uint64_t entry = 0, at = (uintptr_t)p / MAILBOX_SIZE * sizeof entry;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		fail("open /proc/self/pagemap:");
		return 0;
	}
	if (read_full(fd, "/proc/self/pagemap", &entry, sizeof entry, at) == 0 &&
	    (!(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_PFN)))
		fail("/proc/self/pagemap: no page frame, entry is %#llx", (ull)entry);
	close(fd);
	return entry & PAGEMAP_PRESENT ? (entry & PAGEMAP_PFN) * MAILBOX_SIZE : 0;
}

/*
 * mlock() keeps a page from being swapped but not from being moved; a pipe that
 * refers to it does.  The pipe stays open as long as the process lives.
 */
static int pin(void *page)
{
	struct iovec iov = { page, MAILBOX_SIZE };
	int ends[2];

	if (mlock(page, MAILBOX_SIZE) < 0)
		return fail("lock the mailbox page:");
	if (pipe(ends) < 0 || vmsplice(ends[1], &iov, 1, 0) != (ssize_t)MAILBOX_SIZE)
		return fail("pin the mailbox page:");
	return 0;
}

/* Take a page of the block that the jump does not exchange.  -1 and said: one has no frame. */
static int look(struct mailbox_page *m, char *block, const struct ram_range *window)
{
	for (size_t i = 0; i < BLOCK && !m->page; i += MAILBOX_SIZE) {
		m->phys = physical(block + i);
		if (!m->phys)
			return -1;
		if (m->phys >= LOW_END && (m->phys < window->start || m->phys >= window->end))
			m->page = block + i;
	}
	return 0;
}

/*
 * The allocator may hand out one page of the window after the other, for much
 * of it may be free: what it gave is kept until another one comes.
 */
int mailbox_page_make(struct mailbox_page *m, const struct ram_range *window)
{
	size_t n = 0, want = (window->end - window->start) / BLOCK + SPARE_BLOCKS;
	char **blocks = NULL;

	for (m->page = NULL; !m->page && n < want; n++) {
		blocks = sys_grow(blocks, n, sizeof *blocks);
		blocks[n] = alloc_pages(BLOCK);
		if (!blocks[n])
			return -1;
		memset(blocks[n], 0xff, BLOCK);	/* so that its pages have frames of their own */
		if (look(m, blocks[n], window) < 0)
			return -1;
	}
	if (!m->page)
		return fail("mailbox: %zu MiB of pages in a row lie in the window %#llx-%#llx", n,
			    (ull)window->start, (ull)window->end);
	if (pin(m->page) < 0 || !mailbox_page_stays(m))
		return -1;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < BLOCK; j += MAILBOX_SIZE)
			if (blocks[i] + j != m->page)
				munmap(blocks[i] + j, MAILBOX_SIZE);
	memset(m->page, 0, MAILBOX_SIZE);
	if (getrandom(m->page, MAILBOX_TEXT, 0) != (ssize_t)MAILBOX_TEXT)
		return fail("draw a cookie:");
	return 0;
}

bool mailbox_page_stays(const struct mailbox_page *m)
{
	uint64_t now = physical(m->page);

	if (now != m->phys)
		fail("mailbox page moved from %#llx to %#llx", (ull)m->phys, (ull)now);
	return now == m->phys;
}
