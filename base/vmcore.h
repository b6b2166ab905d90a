/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcore.h - A's memory, read in place through /proc/vmcore */
#ifndef BASE_VMCORE_H
#define BASE_VMCORE_H

#include "../image/refuse.h"
#include "../linux/amem.h"
#include "../linux/elfcore.h"
#include "file.h"

/* The open file and what is where in it.  Processes and mappings may share one. */
struct vmcore {
	struct file file;
	struct elf_load loads[IMAGE_MAX_RAM];
	int nloads;
	uint64_t pages;		/* of all loads */
	struct elf_part notes;	/* no bytes, and why_no_notes, if there are none */
	char why_no_notes[WHY_SIZE];
};

/* Read the headers of vm->file, which is /proc/vmcore or a plain copy of it. */
int vmcore_open(struct vmcore *vm);

/* The memory of each load, in ram[IMAGE_MAX_RAM].  Returns the number of loads. */
int vmcore_ram(const struct vmcore *vm, struct ram_range *ram);

/*
 * Extent n of all loads: pages [*pfn, *pfn + *count) of A's memory, 4 MiB at most, so
 * that workers that take one after the other end together.  False: no more.
 */
bool vmcore_extent(const struct vmcore *vm, uint64_t n, uint64_t *pfn, uint64_t *count);

/* The piece of it that one reader sees at the moment; begin with { .vm = vm }. */
struct vmcore_map {
	const struct vmcore *vm;
	void *at;		/* NULL: none */
	uint64_t bytes;
};

/* Read-only memory of pages [pfn, pfn + count) of one load, valid until the next call. */
const uint8_t *vmcore_pages(struct vmcore_map *m, uint64_t pfn, uint64_t count);
void vmcore_unmap(struct vmcore_map *m);

/*
 * Look into A's memory without a line in the log, for what may fail and is no
 * failure of the save: -1, or NULL, with the reason in why[WHY_SIZE].
 */
int vmcore_notes(const struct vmcore *vm, void *buf, size_t size, size_t *len, char *why);

/* For struct amem, whose context is a struct vmcore_map.  What the jump exchanged is not there. */
int vmcore_read(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why);
const void *vmcore_see(struct amem *mem, uint64_t phys, size_t len, char *why);

#endif
