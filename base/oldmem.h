/* SPDX-License-Identifier: GPL-2.0-only */
/* oldmem.h - the sleeping kernel's memory through /dev/oldmem */
#ifndef BASE_OLDMEM_H
#define BASE_OLDMEM_H

#include <stddef.h>
#include <stdint.h>

#include "../image/format.h"

struct oldmem {
	int fd;
	const struct ram_range *ram;	/* what may be mapped; the kernel checks it again */
	size_t nram;
	uint8_t *map;			/* of pages [pfn, pfn + pages), or NULL */
	uint64_t pfn;
	uint64_t pages;
};

/* ram[nram], in pages, must outlive the struct. */
int oldmem_open(struct oldmem *mem, const struct ram_range *ram, size_t nram);
void oldmem_close(struct oldmem *mem);

/*
 * Writable memory of page pfn and some that follow, up to *count, which is lowered to
 * what is there.  Valid until the next call.
 */
uint8_t *oldmem_pages(struct oldmem *mem, uint64_t pfn, uint64_t *count);

/* The same for all of count pages; NULL as well if no one piece has them, which is no failure. */
uint8_t *oldmem_run(struct oldmem *mem, uint64_t pfn, uint64_t count);

#endif
