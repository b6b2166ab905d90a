// SPDX-License-Identifier: GPL-2.0-only
/* sleeper.c - make a kernel's data structures in an array */
#include <elf.h>

#include "../../image/ram.h"
#include "sleeper.h"

#define IMAGE_PHYS	0x1200000ull	/* of KERNEL_MAP: a page of 2 MiB */
#define TOP		0x1000ull	/* offsets in the kernel's image */
#define NODE		0x10000ull
#define ENTRY_PAGE	0x1222ull	/* pfn */
#define STRUCT_PAGES	0x1150ull	/* pfn; 80 pages up from here, in reverse order */
#define ROOTS		0x11a8ull
#define SECTIONS	0x11a9ull
#define LIST		0x11abull
#define LIST_2		0x11acull

static const char *const lines[] = {
	"OSRELEASE=6.12.0",
	"PAGESIZE=4096",
	"SYMBOL(init_top_pgt)=ffffffff80001000",
	"NUMBER(phys_base)=18874368",
	"NUMBER(pgtable_l5_enabled)=0",
	"NUMBER(sme_mask)=0",
	"SYMBOL(mem_section)=ffff8880011a8000",
	"LENGTH(mem_section)=32",
	"SIZE(mem_section)=16",
	"OFFSET(mem_section.section_mem_map)=0",
	"NUMBER(SECTION_SIZE_BITS)=23",
	"NUMBER(MAX_PHYSMEM_BITS)=36",
	"SYMBOL(vmemmap)=ffffea0000000000",
	"SIZE(page)=64",
	"OFFSET(page._mapcount)=48",
	"OFFSET(page.private)=40",
	"OFFSET(page._refcount)=52",
	"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456",
	"LENGTH(zone.free_area)=11",
	"SYMBOL(contig_page_data)=ffffffff80010000",
	"SIZE(pglist_data)=1024",
	"OFFSET(pglist_data.node_zones)=0",
	"OFFSET(pglist_data.nr_zones)=1000",
	"SIZE(zone)=256",
	"OFFSET(zone.spanned_pages)=16",
	"OFFSET(zone.vm_stat)=64",
	"NUMBER(NR_FREE_PAGES)=2",
	"SYMBOL(_stext)=ffffffff80000000",
	"KERNELOFFSET=0",
	"OFFSET(page.flags)=0",
	"NUMBER(PG_hwpoison)=21",
	"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240",
};

void *sleeper_at(struct sleeper *s, uint64_t pfn)
{
	assert_true(pfn < SLEEPER_PAGES);
	return s->memory + pfn * IMAGE_BLOCK;
}

static void *in_image(struct sleeper *s, uint64_t offset)
{
	return s->memory + IMAGE_PHYS + offset;
}

static int fake_read(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why)
{
	struct sleeper *s = mem->context;
	uint64_t pfn = phys / IMAGE_BLOCK;

	if (!ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) || exchanged_has(&s->exchanged, pfn))
		return refuse(why, "no memory at %#llx", (unsigned long long)phys);
	assert_in_range(len, 1, IMAGE_BLOCK - phys % IMAGE_BLOCK);
	memcpy(buf, s->memory + phys, len);
	return 0;
}

static const void *fake_map(struct amem *mem, uint64_t phys, size_t len, char *why)
{
	struct sleeper *s = mem->context;

	assert_int_equal(phys % IMAGE_BLOCK + len % IMAGE_BLOCK, 0);
	for (uint64_t at = phys; at < phys + len; at += IMAGE_BLOCK) {
		char byte;

		if (fake_read(mem, at, &byte, 1, why) < 0)
			return NULL;
	}
	return s->memory + phys;
}

/* The entry for virt in the table of a level; tables above it that are missing are made. */
uint64_t *sleeper_entry(struct sleeper *s, uint64_t virt, int level)
{
	uint64_t *table = in_image(s, TOP);

	for (int l = s->levels; ; l--) {
		uint64_t *e = &table[virt >> (12 + 9 * (l - 1)) & 511];

		if (l == level)
			return e;
		if (!*e)
			*e = s->next_page++ * IMAGE_BLOCK | 0x67;
		table = sleeper_at(s, (*e & 0x000ffffffffff000) / IMAGE_BLOCK);
	}
}

void sleeper_map(struct sleeper *s, uint64_t virt, uint64_t phys, int level)
{
	*sleeper_entry(s, virt, level) = phys | 0x63 | (level > 1 ? 0x80 : 0);
}

void *sleeper_struct_page(struct sleeper *s, uint64_t pfn)
{
	uint64_t at = pfn * 64;

	return (uint8_t *)sleeper_at(s, STRUCT_PAGES + 79 - at / IMAGE_BLOCK) + at % IMAGE_BLOCK;
}

void sleeper_free(struct sleeper *s, uint64_t pfn, uint64_t order)
{
	uint8_t *page = sleeper_struct_page(s, pfn);
	uint32_t none = 0;

	memcpy(page + 48, &s->buddy_type, 4);
	memcpy(page + 52, &none, 4);
	memcpy(page + 40, &order, 8);
}

void sleeper_count(struct sleeper *s, int64_t pages)
{
	int64_t half = pages / 2;

	pages -= half;
	memcpy((uint8_t *)in_image(s, NODE) + 64 + 16, &half, 8);
	memcpy((uint8_t *)in_image(s, NODE) + 256 + 64 + 16, &pages, 8);
}

uint64_t *sleeper_section(struct sleeper *s, unsigned int n)
{
	return (uint64_t *)sleeper_at(s, SECTIONS) + 2 * n;
}

uint64_t *sleeper_list(struct sleeper *s)
{
	return sleeper_at(s, LIST);
}

void sleeper_note(struct sleeper *s, const char *key, const char *line)
{
	Elf64_Nhdr *note = (Elf64_Nhdr *)s->note;
	char *text = s->note + sizeof *note + 12;
	size_t len = 0;

	memset(s->note, 0, sizeof s->note);
	for (size_t i = 0; i < COUNT(lines); i++) {
		const char *l = lines[i];

		if (key && !strncmp(l, key, strlen(key)) && l[strlen(key)] == '=')
			l = line;
		else if (!strncmp(l, "NUMBER(PAGE_BUDDY", 17) && s->buddy_type == 0xffffff7f)
			l = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129";
		else if (!strncmp(l, "NUMBER(PAGE_OFFL", 16) && s->buddy_type == 0xffffff7f)
			l = "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257";
		else if (!strncmp(l, "NUMBER(pgtable_l5", 17) && s->levels == 5)
			l = "NUMBER(pgtable_l5_enabled)=1";
		if (l)
			len += sprintf(text + len, "%s\n", l);
	}
	*note = (Elf64_Nhdr){ .n_namesz = 11, .n_descsz = len };
	strcpy(s->note + sizeof *note, "VMCOREINFO");
	s->note_len = sizeof *note + 12 + (len + 3) / 4 * 4;
}

/* To 0x300 and 0x30f, in the window, two sources each: one of the four was not free. */
static void make_list(struct sleeper *s)
{
	const uint64_t head = LIST * IMAGE_BLOCK | 2;
	const uint64_t first[] = { 0x300000 | 1, 0x500000 | 8, 0x507000 | 8,
				   LIST_2 * IMAGE_BLOCK | 2 };
	const uint64_t second[] = { 0x30f000 | 1, 0x505000 | 8, 0x502000 | 8, 4 };

	memcpy((uint8_t *)sleeper_at(s, ENTRY_PAGE) + 2048 + 0x30, &head, 8);
	memcpy(sleeper_at(s, LIST), first, sizeof first);
	memcpy(sleeper_at(s, LIST_2), second, sizeof second);
}

void sleeper_begin(struct sleeper *s, enum representation like, int levels)
{
	const uint64_t sections = DIRECT_MAP + SECTIONS * IMAGE_BLOCK, spanned = 1;
	const uint64_t node = KERNEL_MAP + NODE;
	const uint32_t zones = 3;

	memset(s, 0, sizeof *s);
	s->memory = aligned_alloc(IMAGE_BLOCK, SLEEPER_PAGES * IMAGE_BLOCK);
	memset(s->memory, 0, SLEEPER_PAGES * IMAGE_BLOCK);
	s->mem.read = fake_read;
	s->mem.map = fake_map;
	s->mem.context = s;
	s->ram = sample_ram;
	s->nram = SAMPLE_RANGES;
	s->exchanged = (struct exchanged){
		.ranges = { { 0x1000, 0x9f000 }, { 0x200000, 0x400000 } },
		.entry = ENTRY_PAGE * IMAGE_BLOCK + 0xf2,
	};
	s->next_page = 0x1020;
	s->levels = levels;
	s->buddy_type = like == LIKE_6_1 ? 0xffffff7f : 0xf0000000;
	sleeper_map(s, KERNEL_MAP, IMAGE_PHYS, 2);
	sleeper_map(s, DIRECT_MAP, 0, 3);
	for (uint64_t i = 0; i < 80; i++)
		sleeper_map(s, VMEMMAP + i * IMAGE_BLOCK, (STRUCT_PAGES + 79 - i) * IMAGE_BLOCK, 1);
	for (uint64_t pfn = 0; pfn < SLEEPER_PAGES; pfn++)
		memcpy((uint8_t *)sleeper_struct_page(s, pfn) + 48, (uint32_t[]){ UINT32_MAX, 1 },
		       8);
	memcpy(sleeper_at(s, ROOTS), &sections, 8);
	*sleeper_section(s, 0) = VMEMMAP | 0xf;
	*sleeper_section(s, 2) = VMEMMAP | 0xf;
	memcpy((uint8_t *)in_image(s, NODE) + 16, &spanned, 8);
	memcpy((uint8_t *)in_image(s, NODE) + 256 + 16, &spanned, 8);
	memcpy((uint8_t *)in_image(s, NODE) + 1000, &zones, 4);
	memcpy((uint8_t *)in_image(s, NODE_DATA - KERNEL_MAP) + 8, &node,
	       8); /* of node 1; there is no node 0 */
	make_list(s);
	sleeper_free(s, 0x600, 8);
	sleeper_free(s, 0x300, 4);
	sleeper_free(s, 0x13ff, 0);
	sleeper_count(s, SLEEPER_FREE);
	sleeper_note(s, NULL, NULL);
}

void sleeper_exchange(struct sleeper *s, uint64_t pfn, uint64_t to, uint64_t source)
{
	uint64_t *done = sleeper_at(s, LIST_2);

	while (*done != 4)
		done++;
	memcpy(done, (uint64_t[]){ to * IMAGE_BLOCK | 1, source * IMAGE_BLOCK | 8, 4 }, 24);
	memcpy(sleeper_at(s, source), sleeper_at(s, pfn), IMAGE_BLOCK);
	memset(sleeper_at(s, pfn), 0xcc, IMAGE_BLOCK);
	memset(sleeper_at(s, to), 0xcc, IMAGE_BLOCK);
}

void sleeper_end(struct sleeper *s)
{
	free(s->memory);
	free(s->map);
	free(s->exchanged.pairs);
}

int sleeper_search(struct sleeper *s, struct freepages *found, char *why)
{
	struct exchanged *x = &s->exchanged;
	size_t bytes = pagebits_most(s->ram, s->nram);

	free(s->map);
	free(x->pairs);
	memset(found, 0, sizeof *found);
	s->map = malloc(bytes);
	x->room = exchanged_most(x, s->ram, s->nram);
	x->pairs = malloc(x->room * sizeof *x->pairs);
	pagebits_start(&found->map, s->ram, s->nram, s->map, bytes);
	return freepages_search(found, &s->mem, x, s->note, s->note_len, s->ram, s->nram, why);
}
