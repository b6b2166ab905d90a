/* SPDX-License-Identifier: GPL-2.0-only */
/* elfcore.h - the ELF64 file that /proc/vmcore is, and that khimage makes */
#ifndef LINUX_ELFCORE_H
#define LINUX_ELFCORE_H

#include <stddef.h>

#include "../image/format.h"

/* One PT_LOAD in whole pages: pages [pfn, pfn + pages) at file offset. */
struct elf_load {
	uint64_t pfn;
	uint64_t pages;
	uint64_t offset;
};

struct elf_part {
	uint64_t offset;
	uint64_t bytes;
};

/*
 * Parse the first len bytes, with all headers, of an ELF64 core of size bytes.  Pages of
 * which a load has but a part are left out.  Returns the number of loads.
 */
int elf_loads(const void *headers, size_t len, uint64_t size,
	      struct elf_load *loads, int max, char *why);

/* Where its notes stand, by the same bytes. */
int elf_notes(const void *headers, size_t len, uint64_t size, struct elf_part *notes, char *why);

/* Room for ELF header and program headers of any machine with IMAGE_MAX_RAM ranges. */
#define ELF_HEADERS (32u * 1024)

/* e_phnum has 16 bits, of which one value means more; the notes take one. */
#define ELF_CORE_LOADS 0xfffdu

/* Memory [paddr, paddr + bytes), seen at vaddr, at offset bytes behind where the memory begins. */
struct elf_piece {
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t bytes;
	uint64_t offset;
};

/* Bytes of the headers of a core with n pieces: whole pages, after which the memory begins. */
size_t elf_core_size(size_t n, size_t info_len);

/* Make them in buf[elf_core_size()], all zero: also notes of an idle CPU and of VMCOREINFO. */
void elf_core_make(uint8_t *buf, const struct elf_piece *pieces, size_t n, const char *info,
		   size_t info_len);

#endif
