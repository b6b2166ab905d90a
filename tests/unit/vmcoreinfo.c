// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - the kernel's note: values that are missing, no numbers, or do not fit together */
#include <elf.h>

#include "../../linux/vmcoreinfo.h"
#include "sleeper.h"

static struct sleeper s;
static struct vmcoreinfo layout;

static int begin(void **state)
{
	(void)state;
	sleeper_begin(&s, LIKE_6_12, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sleeper_end(&s);
	return 0;
}

static int parse_bytes(const void *note, size_t len, char *why)
{
	void *exact = copy_of(note, len);
	const char *text;
	size_t text_len;
	int ret = vmcoreinfo_note(exact, len, &text, &text_len, why) < 0 ? -1 :
		  vmcoreinfo_parse(text, text_len, VMCOREINFO_FREE, &layout, why);

	free(exact);
	return ret;
}

static int parse(const char *key, const char *line, char *why)
{
	sleeper_note(&s, key, line);
	return parse_bytes(s.note, s.note_len, why);
}

static void test_good(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	assert_passes(parse(NULL, NULL, why), why);
	assert_int_equal(layout.top_table, KERNEL_MAP + 0x1000);
	assert_int_equal(layout.phys_base, 0x1200000);
	assert_int_equal(layout.page_private, 40);
	assert_int_equal((uint32_t)layout.buddy_type, 0xf0000000);
	assert_int_equal(layout.node_nr_zones, 1000);
	assert_int_equal(layout.hwpoison, 21);
	assert_int_equal((uint32_t)layout.offline_type, 0xf1000000);
	assert_passes(parse("NUMBER(phys_base)", "NUMBER(phys_base)=-16777216", why), why);
	assert_int_equal(layout.phys_base, -0x1000000ull);
	assert_passes(parse("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)",
			    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=4026531840", why), why);
	assert_passes(parse("SYMBOL(contig_page_data)",
			    "SYMBOL(node_data)=ffffffff80030000\nLENGTH(node_data)=64", why), why);
}

static void test_missing(void **state)
{
	static const char *const needed[] = {
		"PAGESIZE",
		"OFFSET(page.flags)",
		"SYMBOL(init_top_pgt)",
		"NUMBER(phys_base)",
		"NUMBER(pgtable_l5_enabled)",
		"SYMBOL(mem_section)",
		"LENGTH(mem_section)",
		"SIZE(mem_section)",
		"OFFSET(mem_section.section_mem_map)",
		"NUMBER(SECTION_SIZE_BITS)",
		"NUMBER(MAX_PHYSMEM_BITS)",
		"SIZE(page)",
		"OFFSET(page._mapcount)",
		"OFFSET(page.private)",
		"OFFSET(page._refcount)",
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)",
		"LENGTH(zone.free_area)",
		"SIZE(pglist_data)",
		"OFFSET(pglist_data.node_zones)",
		"OFFSET(pglist_data.nr_zones)",
		"SIZE(zone)",
		"OFFSET(zone.spanned_pages)",
		"OFFSET(zone.vm_stat)",
		"NUMBER(NR_FREE_PAGES)",
	};
	static const char *const optional[] = {
		"NUMBER(sme_mask)", "SYMBOL(vmemmap)", "SYMBOL(_stext)", "KERNELOFFSET",
		"NUMBER(PG_hwpoison)", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)",
	};
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(needed); i++)
		assert_refused(parse(needed[i], NULL, why), why, "VMCOREINFO: %s is missing",
			       needed[i]);
	for (size_t i = 0; i < COUNT(optional); i++)
		assert_passes(parse(optional[i], NULL, why), why);
	assert_refused(parse("SYMBOL(contig_page_data)", NULL, why), why,
		       "VMCOREINFO: neither contig_page_data nor node_data with its length");
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"", "-", " 64", "64 ", "0x40", "6f", "+64", "--64", "18446744073709551616",
		"99999999999999999999999", "-9223372036854775809", "(none)",
	};
	char why[WHY_SIZE], line[80];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(line, sizeof line, "SIZE(page)=%s", bad[i]);
		assert_refused(parse("SIZE(page)", line, why), why,
			       "VMCOREINFO: SIZE(page) is '%s', no number", bad[i]);
	}
	assert_refused(parse("SYMBOL(vmemmap)", "SYMBOL(vmemmap)=-1", why), why,
		       "VMCOREINFO: SYMBOL(vmemmap) is '-1', no number");
	assert_refused(parse("SYMBOL(vmemmap)", "SYMBOL(vmemmap)=FFFF", why), why,
		       "VMCOREINFO: SYMBOL(vmemmap) is 'FFFF', no number");
	assert_refused(parse("SIZE(page)", "SIZE(page)=64\nSIZE(page)=64", why), why,
		       "VMCOREINFO: SIZE(page) comes twice");
	/* Keys that only begin like one, and lines without a value, say nothing. */
	assert_refused(parse("SIZE(page)", "SIZE(page)x=64\nSIZE(page)\nXSIZE(page)=64", why), why,
		       "VMCOREINFO: SIZE(page) is missing");
}

static void test_values(void **state)
{
	static const struct { const char *key, *value, *text;
	} bad[] = {
		{ "PAGESIZE", "16384", "PAGESIZE is 16384, 4096 to 4096 are known" },
		{ "SYMBOL(init_top_pgt)", "ffffffff80001008",
		  "init_top_pgt is 0xffffffff80001008, phys_base 0x1200000: not on pages" },
		{ "NUMBER(phys_base)", "-1",
		  "init_top_pgt is 0xffffffff80001000, phys_base 0xffffffffffffffff: not on "
		  "pages" },
		{ "NUMBER(pgtable_l5_enabled)", "2",
		  "NUMBER(pgtable_l5_enabled) is 2, 0 to 1 are known" },
		{ "SIZE(page)", "56",
		  "struct page has 56 bytes, powers of two up to 512 are known" },
		{ "SIZE(page)", "1024",
		  "struct page has 1024 bytes, powers of two up to 512 are known" },
		{ "SIZE(page)", "0", "struct page has 0 bytes, powers of two up to 512 are known" },
		{ "SIZE(page)", "32", "page._mapcount at 48, its structure has 32 bytes" },
		{ "OFFSET(page._mapcount)", "61",
		  "page._mapcount at 61, its structure has 64 bytes" },
		{ "OFFSET(page._mapcount)", "50",
		  "page._mapcount at 50, its structure has 64 bytes" },
		{ "OFFSET(page.private)", "60", "page.private at 60, its structure has 64 bytes" },
		{ "OFFSET(page._refcount)", "18446744073709551612",
		  "page._refcount at 18446744073709551612, its structure has 64 bytes" },
		{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "128",
		  "PAGE_BUDDY_MAPCOUNT_VALUE is 0x80, 0xffffff7f and 0xf0000000 are known" },
		{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-1073741825", /* 6.11 */
		  "PAGE_BUDDY_MAPCOUNT_VALUE is 0xffffffffbfffffff, 0xffffff7f and 0xf0000000 are "
		  "known" },
		{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "8321499136",
		  "PAGE_BUDDY_MAPCOUNT_VALUE is 0x1f0000000, 0xffffff7f and 0xf0000000 are known" },
		{ "NUMBER(PG_hwpoison)", "64", "NUMBER(PG_hwpoison) is 64, 0 to 63 are known" },
		{ "OFFSET(page.flags)", "60", "page.flags at 60, its structure has 64 bytes" },
		{ "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "-1",
		  "PAGE_OFFLINE_MAPCOUNT_VALUE is 0xffffffffffffffff, 0xfffffeff and 0xf1000000 "
		  "are known" },
		{ "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "8338276352",
		  "PAGE_OFFLINE_MAPCOUNT_VALUE is 0x1f1000000, 0xfffffeff and 0xf1000000 are "
		  "known" },
		{ "LENGTH(zone.free_area)", "0", "LENGTH(zone.free_area) is 0, 1 to 20 are known" },
		{ "LENGTH(zone.free_area)", "21",
		  "LENGTH(zone.free_area) is 21, 1 to 20 are known" },
		{ "LENGTH(zone.free_area)", "12", "sections of 2^23 bytes in memory of 2^36" },
		{ "NUMBER(SECTION_SIZE_BITS)", "36", "sections of 2^36 bytes in memory of 2^36" },
		{ "NUMBER(SECTION_SIZE_BITS)", "-1",
		  "sections of 2^18446744073709551615 bytes in memory of 2^36" },
		{ "NUMBER(MAX_PHYSMEM_BITS)", "53", "sections of 2^23 bytes in memory of 2^53" },
		{ "SIZE(mem_section)", "24",
		  "struct mem_section has 24 bytes, powers of two are known" },
		{ "SIZE(mem_section)", "4", "mem_section has 32 roots, its sections need 8" },
		{ "OFFSET(mem_section.section_mem_map)", "12",
		  "mem_section.section_mem_map at 12, its structure has 16 bytes" },
		{ "SIZE(mem_section)", "32", "mem_section has 32 roots, its sections need 64" },
		{ "LENGTH(mem_section)", "33", "mem_section has 33 roots, its sections need 32" },
		{ "SYMBOL(contig_page_data)", "0",
		  "neither contig_page_data nor node_data with its length" },
		{ "SIZE(pglist_data)", "1048577", "zones of 256 bytes at 0 in a node of 1048577" },
		{ "SIZE(zone)", "1025", "zones of 1025 bytes at 0 in a node of 1024" },
		{ "SIZE(zone)", "0", "zones of 0 bytes at 0 in a node of 1024" },
		{ "OFFSET(pglist_data.node_zones)", "769",
		  "zones of 256 bytes at 769 in a node of 1024" },
		{ "OFFSET(pglist_data.nr_zones)", "1024",
		  "pglist_data.nr_zones at 1024, its structure has 1024 bytes" },
		{ "OFFSET(zone.spanned_pages)", "256",
		  "zone.spanned_pages at 256, its structure has 256 bytes" },
		{ "NUMBER(NR_FREE_PAGES)", "-1",
		  "NR_FREE_PAGES is 18446744073709551615, a zone has 256 bytes" },
		{ "NUMBER(NR_FREE_PAGES)", "32", "zone.vm_stat at 64, its structure has 0 bytes" },
		{ "NUMBER(NR_FREE_PAGES)", "24", "zone.vm_stat at 64, its structure has 64 bytes" },
	};
	char why[WHY_SIZE], line[100];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(line, sizeof line, "%s=%s", bad[i].key, bad[i].value);
		assert_refused(parse(bad[i].key, line, why), why, "VMCOREINFO: %s", bad[i].text);
	}
	assert_passes(parse("NUMBER(NR_FREE_PAGES)", "NUMBER(NR_FREE_PAGES)=23", why), why);
	assert_refused(parse("SYMBOL(contig_page_data)",
			     "SYMBOL(node_data)=ffffffff80030000\nLENGTH(node_data)=4097", why),
		       why, "VMCOREINFO: LENGTH(node_data) is 4097, 0 to 4096 are known");
}

static void test_notes(void **state)
{
	Elf64_Nhdr other = { .n_namesz = 5, .n_descsz = 3 }, *note = (Elf64_Nhdr *)s.note;
	char why[WHY_SIZE], two[sizeof s.note + 64] = { 0 };

	(void)state;
	/* A note of a CPU stands before it. */
	memcpy(two, &other, sizeof other);
	strcpy(two + sizeof other, "CORE");
	memcpy(two + sizeof other + 12, s.note, s.note_len);
	assert_passes(parse_bytes(two, sizeof other + 12 + s.note_len, why), why);
	assert_refused(parse_bytes(two, sizeof other + 12, why), why,
		       "no VMCOREINFO in 24 bytes of notes");
	assert_refused(parse_bytes(two, 0, why), why, "no VMCOREINFO in 0 bytes of notes");
	assert_refused(parse_bytes(two, sizeof other + 11, why), why,
		       "notes: name of 5 and text of 3 bytes at 12 of 23");
	note->n_descsz = UINT32_MAX;
	assert_refused(parse_bytes(s.note, s.note_len, why), why,
		       "notes: name of 11 and text of 4294967295 bytes at 12 of %zu", s.note_len);
	note->n_namesz = UINT32_MAX;
	assert_refused(parse_bytes(s.note, s.note_len, why), why,
		       "notes: name of 4294967295 and text of 4294967295 bytes at 12 of %zu",
		       s.note_len);
}

/* Cut anywhere, or with any byte changed, it is parsed or refused: the sanitizers look on. */
static void test_garbage(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	for (size_t len = 0; len < s.note_len; len++)
		assert_int_equal(parse_bytes(s.note, len, why), -1);
	random_start(6);
	for (int i = 0; i < 5000; i++) {
		char *byte = s.note + random_below(s.note_len), was = *byte;

		*byte = random_next();
		parse_bytes(s.note, s.note_len, why);
		*byte = was;
	}
}

static bool begins(const char *text, const char *release)
{
	char *page = calloc(1, IMAGE_BLOCK);
	bool ret;

	memcpy(page, text, strlen(text));
	ret = vmcoreinfo_begins(page, release);
	free(page);
	return ret;
}

static void test_release(void **state)
{
	char vast[IMAGE_BLOCK];

	(void)state;
	assert_true(begins("OSRELEASE=6.12.0\nPAGESIZE=4096\n", "6.12.0"));
	assert_false(begins("OSRELEASE=6.12.0-1\nPAGESIZE=4096\n", "6.12.0"));
	assert_false(begins("OSRELEASE=6.12\n", "6.12.0"));
	assert_false(begins("SRELEASE=6.12.0\n", "6.12.0"));
	assert_false(begins("OSRELEASE=6.12.0", "6.12.0"));
	assert_false(begins("", "6.12.0"));
	memset(vast, 'x', sizeof vast);
	vast[IMAGE_BLOCK - 1] = 0;
	assert_false(begins("OSRELEASE=x", vast));
}

/*
 * What only khimage needs.  Its page may be any that once was one: a line without an end is none.
 */
static void test_kernel(void **state)
{
	static const char text[] =
		"OSRELEASE=r\nPAGESIZE=4096\nSYMBOL(_stext)=ffffffff81000000\nKERNELOFFSET=0\n"
		"SYMBOL(init_top_pgt)=ffffffff82000000\nNUMBER(pgtable_l5_enabled)=1\nNUMBER(phys_"
		"base)=-16777216\n";
	char why[WHY_SIZE];

	(void)state;
	assert_passes(vmcoreinfo_parse(text, sizeof text - 1, VMCOREINFO_KERNEL, &layout, why),
		      why);
	assert_int_equal(layout.stext, 0xffffffff81000000);
	assert_int_equal(layout.phys_base, -16777216ull);
	assert_refused(vmcoreinfo_parse(text, sizeof text - 2, VMCOREINFO_KERNEL, &layout, why),
		       why, "VMCOREINFO: NUMBER(phys_base) is missing");
	assert_refused(vmcoreinfo_parse(text, sizeof text - 1, VMCOREINFO_FREE, &layout, why), why,
		       "VMCOREINFO: SYMBOL(mem_section) is missing");
	assert_refused(vmcoreinfo_parse(text, 26, VMCOREINFO_KERNEL, &layout, why), why,
		       "VMCOREINFO: SYMBOL(init_top_pgt) is missing");
	assert_refused(vmcoreinfo_parse("SYMBOL(_stext)=1ffffffffffffffff\n", 33, VMCOREINFO_KERNEL,
					&layout, why),
		       why, "VMCOREINFO: SYMBOL(_stext) is '1ffffffffffffffff', no number");
}

int vmcoreinfo_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, begin, end),
		cmocka_unit_test_setup_teardown(test_missing, begin, end),
		cmocka_unit_test_setup_teardown(test_numbers, begin, end),
		cmocka_unit_test_setup_teardown(test_values, begin, end),
		cmocka_unit_test_setup_teardown(test_notes, begin, end),
		cmocka_unit_test(test_release), cmocka_unit_test(test_kernel),
		cmocka_unit_test_setup_teardown(test_garbage, begin, end),
	};

	return cmocka_run_group_tests_name("vmcoreinfo", tests, NULL, NULL);
}
