/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcore.h - A's memory, read in place through /proc/vmcore */
#ifndef INITRAMFS_VMCORE_H
#define INITRAMFS_VMCORE_H

#include "../image/format.h"
#include "../image/refuse.h"
#include "../linux/elfcore.h"

struct vmcore {
	int fd;
	struct elf_load loads[IMAGE_MAX_RAM];
	int nloads;
	uint64_t pages;		/* of all loads */
	struct elf_part notes;	/* no bytes, and why_no_notes, if there are none */
	char why_no_notes[WHY_SIZE];
	uint8_t *map;
	uint64_t map_bytes;
};

int vmcore_open(struct vmcore *vm);	/* 0, or -1 and the failure has been said */
void vmcore_close(struct vmcore *vm);

/*
 * Read-only memory of page `page` of load `load` and some that follow, up to
 * *count, which is lowered to what is there.  Valid until the next call.  NULL:
 * said.
 */
const uint8_t *vmcore_pages(struct vmcore *vm, int load, uint64_t page, uint64_t *count);

/* Give up what vmcore_pages() mapped: for a copy of the struct, which shares fd with its original. */
void vmcore_unmap(struct vmcore *vm);

/*
 * Look into A's memory without a line in the log, for what may fail and is no
 * failure of the save: -1, or NULL, with the reason in why[WHY_SIZE].  What the
 * jump exchanged is not there.
 */
int vmcore_notes(struct vmcore *vm, void *buf, size_t size, size_t *len, char *why);
int vmcore_read(struct vmcore *vm, uint64_t phys, void *buf, size_t len, char *why);

/* See [phys, phys + len) in place, whole pages; valid until the next call of this or vmcore_pages(). */
const void *vmcore_map(struct vmcore *vm, uint64_t phys, size_t len, char *why);

#endif
