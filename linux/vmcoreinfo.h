/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - what kernel A says of its own layout: the VMCOREINFO note
 *
 * Lines "KEY=VALUE", documented in the kernel's admin-guide/kdump/vmcoreinfo.rst.
 * Every value is hostile.
 */
#ifndef LINUX_VMCOREINFO_H
#define LINUX_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses are A's virtual ones; sizes and offsets are bytes. */
struct vmcoreinfo {
	uint64_t page_bytes;

	/* page tables */
	uint64_t top_table;
	uint64_t phys_base;	/* physical address of __START_KERNEL_map; may be "negative" */
	uint64_t five_levels;
	uint64_t sme_mask;

	/* the kernel's image */
	uint64_t stext;
	uint64_t kernel_offset;	/* KASLR: from the addresses in vmlinux to the real ones */
	uint64_t kernel_image_bytes;	/* at most; 0: not said */

	/* sections: which memory has struct pages, and where */
	uint64_t mem_section, mem_section_roots, mem_section_size, section_mem_map;
	uint64_t section_bits, physmem_bits;
	uint64_t vmemmap;	/* 0: not said */

	/* struct page */
	uint64_t page_size, page_type, page_private, page_refcount;
	uint64_t buddy_type;	/* of a free block's first page */
	uint64_t page_flags;
	uint64_t hwpoison;	/* the bit in page_flags of memory that is broken; 0: not said */
	uint64_t offline_type;	/* of a page that was given away, by a balloon say; 0: not said */
	uint64_t orders;

	/* nodes and zones: how many pages the kernel itself counts as free */
	uint64_t contig_page_data;	/* 0: see node_data */
	uint64_t node_data, node_data_length;
	uint64_t node_size, node_zones, node_nr_zones;
	uint64_t zone_size, zone_spanned, zone_vm_stat, nr_free_pages;
};

/* The text of the note in notes[len]. */
int vmcoreinfo_note(const void *notes, size_t len, const char **text, size_t *text_len, char *why);

/* Does this page begin with the text of this release, as in kernel/vmcore_info.c? */
bool vmcoreinfo_begins(const void *page, const char *release);

/* Take the values of text[len] that this user needs, if they make sense together. */
enum vmcoreinfo_user {
	VMCOREINFO_KERNEL = 1,	/* kernel.h: page tables and the kernel's image */
	VMCOREINFO_FREE = 2,	/* freepages.h: page tables, sections, struct pages and zones */
};
int vmcoreinfo_parse(const char *text, size_t len, enum vmcoreinfo_user user,
		     struct vmcoreinfo *info, char *why);

#endif

