/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sleeper.h - the sample machine with a kernel A asleep in it: page tables, sections, struct pages,
 * a zone, VMCOREINFO and kexec's list, all made here
 */
#ifndef SLEEPER_H
#define SLEEPER_H

#include "../../linux/amem.h"
#include "../../linux/freepages.h"
#include "unit.h"

#define KERNEL_MAP	AMEM_KERNEL
#define DIRECT_MAP	0xffff888000000000ull
#define VMEMMAP		0xffffea0000000000ull
#define NODE_DATA	(KERNEL_MAP + 0x30000)	/* for a line of the note */
#define SLEEPER_PAGES	0x1400u
#define SLEEPER_FREE	(0x100u + 0x10u + 1u)	/* pages in them */

enum representation { LIKE_6_1, LIKE_6_12 };

struct sleeper {
	struct amem mem;
	struct exchanged exchanged;	/* of low memory and window; pairs from the last search */
	void *map;			/* of the last search */
	const struct ram_range *ram;	/* of the machine */
	size_t nram;
	uint8_t *memory;		/* SLEEPER_PAGES */
	uint64_t next_page;		/* pfn, for tables */
	uint32_t buddy_type;
	int levels;
	char note[8192];
	size_t note_len;
};

/* With free blocks of 0x100 pages at 0x600, of 0x10 in the window at 0x300, of one at 0x13ff. */
void sleeper_begin(struct sleeper *s, enum representation like, int levels);
void sleeper_end(struct sleeper *s);

void *sleeper_at(struct sleeper *s, uint64_t pfn);
void *sleeper_struct_page(struct sleeper *s, uint64_t pfn);
void sleeper_free(struct sleeper *s, uint64_t pfn, uint64_t order);	/* only the struct page */
void sleeper_count(struct sleeper *s, int64_t pages);		/* NR_FREE_PAGES */
void sleeper_map(struct sleeper *s, uint64_t virt, uint64_t phys, int level);
uint64_t *sleeper_entry(struct sleeper *s, uint64_t virt, int level);	/* of its page tables */
uint64_t *sleeper_section(struct sleeper *s, unsigned int n);	/* section_mem_map */
uint64_t *sleeper_list(
	struct sleeper *s); /* kexec's, two pages, two sources for each of two places */

/* The note again, with the line of this key replaced, or left out if line is NULL. */
void sleeper_note(struct sleeper *s, const char *key, const char *line);

/* Let the saver look for free pages: 0, or -1 and why. */
int sleeper_search(struct sleeper *s, struct freepages *free, char *why);

/*
 * Let the kernel have had page pfn at `to`, in the window, and the jump have exchanged it:
 * its contents are moved to `source`, and kexec's list says so.  Both others hold 0xcc.
 */
void sleeper_exchange(struct sleeper *s, uint64_t pfn, uint64_t to, uint64_t source);

#endif
