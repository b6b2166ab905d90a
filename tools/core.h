/* SPDX-License-Identifier: GPL-2.0-only */
/* core.h - the headers of an ELF64 core of a sleeping kernel */
#ifndef TOOLS_CORE_H
#define TOOLS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../image/format.h"

/* e_phnum has 16 bits, of which one value means more; the notes take one. */
#define CORE_LOADS 0xfffdu

/* Memory [paddr, paddr + bytes), seen at vaddr, at offset bytes behind where the memory begins. */
struct core_load {
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t bytes;
	uint64_t offset;
};

/*
 * Headers with a program header for each load, a note of an idle CPU, and one
 * with this text as VMCOREINFO if it has any.  Returns them, to be freed, and
 * their length: whole pages, after which the memory begins.  NULL: no memory.
 */
void *core_headers(const struct core_load *loads, size_t n, const char *info, size_t info_len,
		   size_t *len);

#endif
