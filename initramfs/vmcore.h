/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcore.h - A's memory, read in place through /proc/vmcore */
#ifndef INITRAMFS_VMCORE_H
#define INITRAMFS_VMCORE_H

#include "../image/format.h"
#include "../image/refuse.h"
#include "../linux/elfcore.h"

/* The open file and what is where in it.  Processes and mappings may share one. */
struct vmcore {
	int fd;
	struct elf_load loads[IMAGE_MAX_RAM];
	int nloads;
	uint64_t pages;		/* of all loads */
	struct elf_part notes;	/* no bytes, and why_no_notes, if there are none */
	char why_no_notes[WHY_SIZE];
};

/* The piece of it that one reader sees at the moment; begin with { .vm = vm }. */
struct vmcore_map {
	const struct vmcore *vm;
	void *at;		/* NULL: none */
	uint64_t bytes;
};

int vmcore_open(struct vmcore *vm);	/* 0, or -1 and the failure has been said */
void vmcore_close(struct vmcore *vm);

/*
 * Read-only memory of page `page` of load `load` and some that follow, up to
 * *count, which is lowered to what is there.  Valid until the next call with
 * this map.  NULL: said.
 */
const uint8_t *vmcore_pages(struct vmcore_map *m, int load, uint64_t page, uint64_t *count);
void vmcore_unmap(struct vmcore_map *m);

/*
 * Look into A's memory without a line in the log, for what may fail and is no
 * failure of the save: -1, or NULL, with the reason in why[WHY_SIZE].  What the
 * jump exchanged is not there.
 */
int vmcore_notes(const struct vmcore *vm, void *buf, size_t size, size_t *len, char *why);
int vmcore_read(const struct vmcore *vm, uint64_t phys, void *buf, size_t len, char *why);

/* See [phys, phys + len) in place, whole pages; valid until the next call with this map. */
const void *vmcore_see(struct vmcore_map *m, uint64_t phys, size_t len, char *why);

#endif
