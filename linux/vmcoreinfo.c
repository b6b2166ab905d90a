// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - parse the VMCOREINFO note */
#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "../image/format.h"
#include "../image/refuse.h"
#include "vmcoreinfo.h"

#define NOTE_NAME "VMCOREINFO"
#define NAME_BYTES sizeof NOTE_NAME

/*
 * What page_type of a free block's first page is, and of a page that was given away, in
 * the kernels that are known: all bits but one (to 6.9), or a number in the top byte (from
 * 6.12).  Between the two the layout changed with each release.
 */
#define BUDDY_TYPE_6_1	0xffffff7fu
#define BUDDY_TYPE_6_12	0xf0000000u
#define OFFLINE_TYPE_6_1	0xfffffeffu
#define OFFLINE_TYPE_6_12	0xf1000000u

enum { DECIMAL = 10, HEX = 16 };	/* SYMBOL() and KERNELOFFSET are in hex without 0x */

/* Who cannot do without a key. */
enum { NOBODY = 0, KERNEL = VMCOREINFO_KERNEL, FREE = VMCOREINFO_FREE, BOTH = KERNEL | FREE };

static const struct key {
	const char *name;
	uint16_t field;		/* offset in struct vmcoreinfo */
	uint8_t base;
	uint8_t needed;
	uint16_t min, max;	/* both 0: any */
} keys[] = {
#define KEY(text, member, ...) { .name = text, offsetof(struct vmcoreinfo, member), __VA_ARGS__ }
	KEY("PAGESIZE", page_bytes, DECIMAL, BOTH, IMAGE_BLOCK, IMAGE_BLOCK),
	KEY("SYMBOL(init_top_pgt)", top_table, HEX, BOTH),
	KEY("NUMBER(phys_base)", phys_base, DECIMAL, BOTH),
	KEY("NUMBER(pgtable_l5_enabled)", five_levels, DECIMAL, BOTH, 0, 1),
	KEY("NUMBER(sme_mask)", sme_mask, DECIMAL, NOBODY),
	KEY("SYMBOL(_stext)", stext, HEX, KERNEL),
	KEY("KERNELOFFSET", kernel_offset, HEX, KERNEL),
	KEY("NUMBER(KERNEL_IMAGE_SIZE)", kernel_image_bytes, DECIMAL, NOBODY),
	KEY("SYMBOL(mem_section)", mem_section, HEX, FREE),
	KEY("LENGTH(mem_section)", mem_section_roots, DECIMAL, FREE),
	KEY("SIZE(mem_section)", mem_section_size, DECIMAL, FREE),
	KEY("OFFSET(mem_section.section_mem_map)", section_mem_map, DECIMAL, FREE),
	KEY("NUMBER(SECTION_SIZE_BITS)", section_bits, DECIMAL, FREE),
	KEY("NUMBER(MAX_PHYSMEM_BITS)", physmem_bits, DECIMAL, FREE),
	KEY("SYMBOL(vmemmap)", vmemmap, HEX, NOBODY),
	KEY("SIZE(page)", page_size, DECIMAL, FREE),
	KEY("OFFSET(page._mapcount)", page_type, DECIMAL, FREE),	/* a union with page_type */
	KEY("OFFSET(page.private)", page_private, DECIMAL, FREE),
	KEY("OFFSET(page._refcount)", page_refcount, DECIMAL, FREE),
	KEY("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", buddy_type, DECIMAL, FREE),
	KEY("OFFSET(page.flags)", page_flags, DECIMAL, FREE),
	KEY("NUMBER(PG_hwpoison)", hwpoison, DECIMAL, NOBODY, 0, 63),
	KEY("NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", offline_type, DECIMAL, NOBODY),
	KEY("LENGTH(zone.free_area)", orders, DECIMAL, FREE, 1, 20),
	KEY("SYMBOL(contig_page_data)", contig_page_data, HEX, NOBODY),
	KEY("SYMBOL(node_data)", node_data, HEX, NOBODY),
	KEY("LENGTH(node_data)", node_data_length, DECIMAL, NOBODY, 0, 4096),
	KEY("SIZE(pglist_data)", node_size, DECIMAL, FREE),
	KEY("OFFSET(pglist_data.node_zones)", node_zones, DECIMAL, FREE),
	KEY("OFFSET(pglist_data.nr_zones)", node_nr_zones, DECIMAL, FREE),
	KEY("SIZE(zone)", zone_size, DECIMAL, FREE),
	KEY("OFFSET(zone.spanned_pages)", zone_spanned, DECIMAL, FREE),
	KEY("OFFSET(zone.vm_stat)", zone_vm_stat, DECIMAL, FREE),
	KEY("NUMBER(NR_FREE_PAGES)", nr_free_pages, DECIMAL, FREE),
#undef KEY
};

#define KEYS (sizeof keys / sizeof *keys)
_Static_assert(KEYS <= 64, "one bit for each in a word");

/* Notes are a header, the name and the text, each filled up to four bytes. */
int vmcoreinfo_note(const void *buf, size_t len, const char **text, size_t *text_len, char *why)
{
	const char *notes = buf;
	size_t at = 0;

	while (len - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		size_t name, desc;

		memcpy(&note, notes + at, sizeof note);
		at += sizeof note;
		name = ((size_t)note.n_namesz + 3) & ~(size_t)3;
		desc = ((size_t)note.n_descsz + 3) & ~(size_t)3;
		if (name > len - at || desc > len - at - name)
			return refuse(why, "notes: name of %u and text of %u bytes at %zu of %zu",
				      note.n_namesz, note.n_descsz, at, len);
		if (note.n_namesz == NAME_BYTES && !memcmp(notes + at, NOTE_NAME, NAME_BYTES)) {
			*text = notes + at + name;
			*text_len = note.n_descsz;
			return 0;
		}
		at += name + desc;
	}
	return refuse(why, "no VMCOREINFO in %zu bytes of notes", len);
}

/* All of text[len]; a negative number becomes its two's complement. */
static bool number(const char *text, size_t len, unsigned int base, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";
	bool minus = len && *text == '-' && base == DECIMAL;
	uint64_t v = 0;

	if (len == minus)
		return false;
	for (size_t i = minus; i < len; i++) {
		const char *digit = memchr(digits, text[i], base);

		if (!digit || v > (UINT64_MAX - (digit - digits)) / base)
			return false;
		v = v * base + (digit - digits);
	}
	if (minus && v > 1ull << 63)
		return false;
	*value = minus ? -v : v;
	return true;
}

static int take_line(struct vmcoreinfo *info, uint64_t *seen, const char *line, size_t len,
		     char *why)
{
	for (size_t i = 0; i < KEYS; i++) {
		size_t name = strlen(keys[i].name);
		const char *value = line + name + 1;
		uint64_t v;

		if (len <= name || line[name] != '=' || memcmp(line, keys[i].name, name))
			continue;
		len -= name + 1;
		if (!number(value, len, keys[i].base, &v))
			return refuse(why, "VMCOREINFO: %s is '%.*s', no number", keys[i].name,
				      (int)(len < 40 ? len : 40), value);
		if (*seen >> i & 1)
			return refuse(why, "VMCOREINFO: %s comes twice", keys[i].name);
		*seen |= 1ull << i;
		memcpy((char *)info + keys[i].field, &v, sizeof v);
		return 0;
	}
	return 0;	/* of the many others none matters here */
}

/* Does each field lie in its structure? */
static int fields_check(const struct vmcoreinfo *i, char *why)
{
	const struct {
		const char *name;
		uint64_t offset, bytes, size;
	} fields[] = {
		{ "page._mapcount", i->page_type, 4, i->page_size },
		{ "page.private", i->page_private, 8, i->page_size },
		{ "page._refcount", i->page_refcount, 4, i->page_size },
		{ "page.flags", i->page_flags, 8, i->page_size },
		{ "mem_section.section_mem_map", i->section_mem_map, 8, i->mem_section_size },
		{ "pglist_data.nr_zones", i->node_nr_zones, 4, i->node_size },
		{ "zone.spanned_pages", i->zone_spanned, 8, i->zone_size },
		{ "zone.vm_stat", i->zone_vm_stat, 8, i->zone_size - i->nr_free_pages * 8 },
	};

	for (size_t n = 0; n < sizeof fields / sizeof *fields; n++)
		if (fields[n].size < fields[n].bytes || fields[n].offset % fields[n].bytes ||
		    fields[n].offset > fields[n].size - fields[n].bytes)
			return refuse(why, "VMCOREINFO: %s at %llu, its structure has %llu bytes",
				      fields[n].name, (ull)fields[n].offset, (ull)fields[n].size);
	return 0;
}

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* A page_type is printed as an int, so some are negative. */
static int type_check(const char *name, uint64_t value, uint32_t old, uint32_t new, char *why)
{
	bool is_int = value >> 31 == UINT64_MAX >> 31 || value >> 32 == 0;

	if (is_int && ((uint32_t)value == old || (uint32_t)value == new))
		return 0;
	return refuse(why, "VMCOREINFO: %s is %#llx, %#x and %#x are known", name, (ull)value, old,
		      new);
}

static int pages_check(const struct vmcoreinfo *i, char *why)
{
	/* So that none lies on two pages. */
	if (!power_of_two(i->page_size) || i->page_size > 512)
		return refuse(why, "VMCOREINFO: struct page has %llu bytes, "
			      "powers of two up to 512 are known",
			      (ull)i->page_size);
	if (type_check("PAGE_BUDDY_MAPCOUNT_VALUE", i->buddy_type, BUDDY_TYPE_6_1,
		       BUDDY_TYPE_6_12, why) < 0)
		return -1;
	return !i->offline_type ? 0 :
	       type_check("PAGE_OFFLINE_MAPCOUNT_VALUE", i->offline_type, OFFLINE_TYPE_6_1,
			  OFFLINE_TYPE_6_12, why);
}

static int sections_check(const struct vmcoreinfo *i, char *why)
{
	uint64_t roots, per_root;

	if (i->physmem_bits > 52 || i->section_bits < 12 + i->orders ||
	    i->section_bits >= i->physmem_bits)
		return refuse(why, "VMCOREINFO: sections of 2^%llu bytes in memory of 2^%llu",
			      (ull)i->section_bits, (ull)i->physmem_bits);
	if (!power_of_two(i->mem_section_size) || i->mem_section_size > IMAGE_BLOCK)
		return refuse(why, "VMCOREINFO: struct mem_section has %llu bytes, "
			      "powers of two are known",
			      (ull)i->mem_section_size);
	/* SPARSEMEM_EXTREME, as on every x86_64: an array of pointers to pages of sections. */
	per_root = IMAGE_BLOCK / i->mem_section_size;
	roots = ((1ull << (i->physmem_bits - i->section_bits)) + per_root - 1) / per_root;
	if (i->mem_section_roots != roots)
		return refuse(why, "VMCOREINFO: mem_section has %llu roots, its sections need %llu",
			      (ull)i->mem_section_roots, (ull)roots);
	return 0;
}

static int zones_check(const struct vmcoreinfo *i, char *why)
{
	const uint64_t most = 1u << 20;		/* a node is some 10 to 300 KiB */

	if (!i->contig_page_data && (!i->node_data || !i->node_data_length))
		return refuse(why, "VMCOREINFO: neither contig_page_data nor "
			      "node_data with its length");
	if (i->node_size > most || i->zone_size > i->node_size || !i->zone_size ||
	    i->node_zones > i->node_size - i->zone_size)
		return refuse(why, "VMCOREINFO: zones of %llu bytes at %llu in a node of %llu",
			      (ull)i->zone_size, (ull)i->node_zones, (ull)i->node_size);
	if (i->nr_free_pages > i->zone_size / 8)
		return refuse(why, "VMCOREINFO: NR_FREE_PAGES is %llu, a zone has %llu bytes",
			      (ull)i->nr_free_pages, (ull)i->zone_size);
	return 0;
}

static int key_check(const struct key *key, bool seen, enum vmcoreinfo_user user,
		     const struct vmcoreinfo *info, char *why)
{
	uint64_t v;

	if (key->needed & user && !seen)
		return refuse(why, "VMCOREINFO: %s is missing", key->name);
	memcpy(&v, (const char *)info + key->field, sizeof v);
	if (seen && key->max && (v < key->min || v > key->max) &&
	    (user == VMCOREINFO_FREE || key->needed & user))
		return refuse(why, "VMCOREINFO: %s is %llu, %u to %u are known", key->name, (ull)v,
			      key->min, key->max);
	return 0;
}

bool vmcoreinfo_begins(const void *page, const char *release)
{
	static const char key[] = "OSRELEASE=";
	size_t len = strlen(release);

	return !memcmp(page, key, sizeof key - 1) && len < IMAGE_BLOCK - sizeof key &&
	       !memcmp((const char *)page + sizeof key - 1, release, len) &&
	       ((const char *)page)[sizeof key - 1 + len] == '\n';
}

int vmcoreinfo_parse(const char *text, size_t len, enum vmcoreinfo_user user,
		     struct vmcoreinfo *info, char *why)
{
	const char *end;
	uint64_t seen = 0;

	memset(info, 0, sizeof *info);
	/* What follows the last line's end is part of a line: nobody knows which. */
	for (; (end = memchr(text, '\n', len)); len -= end + 1 - text, text = end + 1)
		if (take_line(info, &seen, text, end - text, why) < 0)
			return -1;
	for (size_t i = 0; i < KEYS; i++)
		if (key_check(&keys[i], seen >> i & 1, user, info, why) < 0)
			return -1;
	if (info->top_table % IMAGE_BLOCK || info->phys_base % IMAGE_BLOCK)
		return refuse(why, "VMCOREINFO: init_top_pgt is %#llx, phys_base %#llx: "
			      "not on pages",
			      (ull)info->top_table, (ull)info->phys_base);
	if (user == VMCOREINFO_KERNEL)
		return 0;
	if (pages_check(info, why) < 0 || sections_check(info, why) < 0 ||
	    zones_check(info, why) < 0)
		return -1;
	return fields_check(info, why);
}
