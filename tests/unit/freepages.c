// SPDX-License-Identifier: GPL-2.0-only
/* freepages.c - free pages found in each known layout; on every doubt none is left out */
#include "sleeper.h"

static struct sleeper s;
static struct freepages found;

static void begin_like(enum representation like, int levels)
{
	sleeper_begin(&s, like, levels);
}

static int begin(void **state)
{
	(void)state;
	begin_like(LIKE_6_12, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sleeper_end(&s);
	return 0;
}

static void again(enum representation like, int levels)
{
	sleeper_end(&s);
	begin_like(like, levels);
}

static void find(void)
{
	char why[WHY_SIZE];

	assert_passes(sleeper_search(&s, &found, why), why);
}

/* Exactly this is the doubt. */
#define assert_doubt(...) do {							\
	char why_[WHY_SIZE];							\
										\
	assert_refused(sleeper_search(&s, &found, why_), why_, __VA_ARGS__);	\
} while (0)

static void assert_found(void)
{
	find();
	assert_int_equal(found.found.free, SLEEPER_FREE);
	assert_int_equal(found.counted, SLEEPER_FREE);
	assert_int_equal(found.sources, 3);
	assert_int_equal(found.map.set, 0x101 + 3);
	for (uint64_t pfn = 0; pfn < SLEEPER_PAGES + 64; pfn++) {
		bool source = pfn == 0x500 || pfn == 0x505 || pfn == 0x507;

		assert_int_equal(pagebits_has(&found.map, pfn),
				 (pfn >= 0x600 && pfn < 0x700) || pfn == 0x13ff || source);
	}
}

static void test_layouts(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		again(i & 1 ? LIKE_6_1 : LIKE_6_12, i & 2 ? 5 : 4);
		assert_found();
	}
}

/* Nodes in an array of pointers, and no vmemmap to compare with: a kernel with NUMA. */
static void test_numa(void **state)
{
	(void)state;
	sleeper_note(&s, "SYMBOL(contig_page_data)",
		     "SYMBOL(node_data)=ffffffff80030000\nLENGTH(node_data)=2");
	assert_found();
	sleeper_note(&s, "SYMBOL(vmemmap)", NULL);
	assert_found();
}

static void test_blocks(void **state)
{
	(void)state;
	sleeper_free(&s, 0x600, 11);
	assert_doubt("pfn 0x600: free block of order 11, orders are below 11");
	sleeper_free(&s, 0x600, UINT64_MAX);
	assert_doubt("pfn 0x600: free block of order 18446744073709551615, orders are below 11");
	sleeper_free(&s, 0x600, 10);
	assert_doubt("pfn 0x600: free block of order 10, not aligned to it");
	sleeper_free(&s, 0x600, 8);
	sleeper_free(&s, 0x620, 2);	/* an eighth of it begins there */
	assert_doubt("pfn 0x600: free block of order 8, another one in it at pfn 0x620");
}

static void test_references(void **state)
{
	(void)state;
	memcpy((uint8_t *)sleeper_struct_page(&s, 0x600) + 52, &(uint32_t){ 1 }, 4);
	assert_doubt("pfn 0x600: free block with 1 references, 0 were expected");
}

/* 0x9f is firmware's. */
static void test_outside_ram(void **state)
{
	(void)state;
	sleeper_free(&s, 0x90, 4);
	assert_doubt("pfn 0x90: free block of order 4, not all in the RAM map");
	sleeper_free(&s, 0x90, 3);
	sleeper_count(&s, SLEEPER_FREE + 8);
	find();
	assert_int_equal(found.found.free, SLEEPER_FREE + 8);
}

/* Another type of page is not free, whatever else it looks like. */
static void test_other_types(void **state)
{
	const uint32_t types[] = { 0xffffff7f, 0xf2000000, 0xf0000001, 0, 0x80, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		sleeper_free(&s, 0x700, 8);
		memcpy((uint8_t *)sleeper_struct_page(&s, 0x700) + 48, &types[i], 4);
		assert_found();
	}
}

static void test_count(void **state)
{
	const char *text = "273 pages in the buddy lists, NR_FREE_PAGES is %d: more than 250 apart";

	(void)state;
	sleeper_count(&s, SLEEPER_FREE + 250);
	find();
	assert_int_equal(found.map.set, 0x104);
	sleeper_count(&s, SLEEPER_FREE + 251);
	assert_doubt(text, SLEEPER_FREE + 251);
	sleeper_count(&s, SLEEPER_FREE - 251);
	assert_doubt(text, SLEEPER_FREE - 251);
	sleeper_count(&s, -252);
	assert_doubt("zone at 0xffffffff80010000: -126 free pages");
	sleeper_count(&s, -250);
	assert_doubt(text, 0);
	sleeper_count(&s, INT64_MAX);
	assert_doubt("zone at 0xffffffff80010000: 4611686018427387903 free pages");
}

static void test_zones(void **state)
{
	(void)state;
	sleeper_note(&s, "OFFSET(pglist_data.nr_zones)", "OFFSET(pglist_data.nr_zones)=340");
	memcpy(sleeper_at(&s, 0x1210) + 340, &(uint32_t){ 5 }, 4);
	assert_doubt("node at 0xffffffff80010000: 5 zones, it has room for 4");
	/* Nor are there as many zones as a node had room for, if they were small. */
	sleeper_note(&s, "SIZE(zone)", "SIZE(zone)=88");
	memcpy(sleeper_at(&s, 0x1210) + 1000, &(uint32_t){ 9 }, 4);
	assert_doubt("node at 0xffffffff80010000: 9 zones, it has room for 8");
}

static void test_sections(void **state)
{
	(void)state;
	*sleeper_section(&s, 2) = (VMEMMAP + 0x1000) | 7;
	assert_doubt("section 0x2: its struct pages count from 0xffffea0000001000, vmemmap is "
		     "0xffffea0000000000");
	/* A section that is not online has nothing to be looked at: one free page less. */
	*sleeper_section(&s, 2) = 0x123000 | 3;
	find();
	assert_int_equal(found.found.free, SLEEPER_FREE - 1);
	*sleeper_section(&s, 2) = 0x123000 | 5;
	find();
	assert_int_equal(found.found.free, SLEEPER_FREE - 1);
	memset(sleeper_at(&s, 0x11a8), 0, 8);	/* the root */
	assert_doubt("0 pages in the buddy lists, NR_FREE_PAGES is 273: more than 250 apart");
	memset(sleeper_at(&s, 0x11a8), 0x11, 8);
	assert_doubt("address 0x1111111111111111: no 4 levels of page tables have it");
	sleeper_note(&s, "SYMBOL(mem_section)", "SYMBOL(mem_section)=ffff880000000000");
	assert_doubt("address 0xffff880000000000: entry of level 4 is 0, not present");
}

/* Memory above what sections can have. */
static void test_no_root(void **state)
{
	const struct ram_range high[] = { { 1ull << 36, (1ull << 36) + IMAGE_BLOCK } };

	(void)state;
	s.ram = high;
	s.nram = 1;
	assert_doubt("pfn 0x1000000: of root 32 of sections, there are 32");
}

/* The kernel has the page of this entry of its page tables in the window. */
static void table_to_window(uint64_t virt, int level, uint64_t to, uint64_t source)
{
	uint64_t *e = sleeper_entry(&s, virt, level);

	sleeper_exchange(&s, (*e & 0xffffffffff000) / IMAGE_BLOCK, to, source);
	*e = to * IMAGE_BLOCK | 0x67;
}

/* What the jump exchanged is read where it is now: page tables of each level, ... */
static void test_tables_in_the_window(void **state)
{
	(void)state;
	for (int levels = 4; levels <= 5; levels++) {
		again(LIKE_6_12, levels);
		table_to_window(DIRECT_MAP, 4, 1, 0x1301);	/* in low memory */
		for (int level = 2; level <= levels; level++)
			table_to_window(VMEMMAP, level, 0x210 + level, 0x520 - level);
		assert_found();
		assert_int_not_equal(found.moved, 0);
	}
}

/* ... struct pages, and both levels of mem_section; also many that lie behind each other. */
static void test_in_the_window(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 40; i++)
		table_to_window(VMEMMAP + i * IMAGE_BLOCK, 1, 0x220 + i, 0x520 + i);
	for (uint64_t i = 40; i < 80; i++)
		table_to_window(VMEMMAP + i * IMAGE_BLOCK, 1, 0x220 + i, 0x5c8 - i);
	sleeper_exchange(&s, 0x11a9, 0x2fe, 0x500 + 1);
	memcpy(sleeper_at(&s, 0x11a8), &(uint64_t){ DIRECT_MAP + 0x2fe000 }, 8);
	sleeper_exchange(&s, 0x11a8, 0x2ff, 0x500 + 8);
	sleeper_note(&s, "SYMBOL(mem_section)", "SYMBOL(mem_section)=ffff8880002ff000");
	*sleeper_entry(&s, KERNEL_MAP, 2) =
		0x234000 | 0x67; /* needed by nobody: a large page was split */
	find();
	assert_int_equal(found.found.free, SLEEPER_FREE);
	assert_int_equal(found.sources, 3);
	assert_int_equal(s.exchanged.n, 4 + 80 + 2);
}

static void test_not_in_the_list(void **state)
{
	uint64_t *list = sleeper_list(&s), was = list[2];

	(void)state;
	*sleeper_entry(&s, VMEMMAP + 4 * IMAGE_BLOCK, 1) = 0x234000 | 0x63;
	assert_doubt("pfn 0x234 was exchanged by the jump, and is not in kexec's list");
	list[2] = 0x301000 | 8;		/* its own source: nothing of A's was there */
	*sleeper_entry(&s, VMEMMAP + 4 * IMAGE_BLOCK, 1) = 0x301000 | 0x63;
	assert_doubt("pfn 0x301 was exchanged by the jump, and is kexec's own");
	list[2] = was;
	s.exchanged.entry = 0;
	assert_doubt(
		"pfn 0x301 was exchanged by the jump, and the list of these pages is not known");
	s.exchanged.entry = 0x1222000;
	again(LIKE_6_12, 4);
	sleeper_note(&s, "NUMBER(phys_base)", "NUMBER(phys_base)=0");
	assert_doubt("pfn 0x1 was exchanged by the jump, and is not in kexec's list");
	sleeper_note(&s, "NUMBER(phys_base)", "NUMBER(phys_base)=-1000000000000");
	assert_doubt("no memory at 0xffffff172b5b0000");
}

/* Broken memory, and pages that a balloon driver gave away, are left out, but not as free ones. */
static void test_unreadable(void **state)
{
	const uint64_t poisoned = 0x17ffffc0200000, offline_12 = 0xf1000000, offline_1 = 0xfffffeff;

	(void)state;
	for (int old = 0; old < 2; old++) {
		again(old ? LIKE_6_1 : LIKE_6_12, 4);
		memcpy(sleeper_struct_page(&s, 0x7f3), &poisoned, 8);
		memcpy((uint8_t *)sleeper_struct_page(&s, 0x1000) + 48,
		       old ? &offline_1 : &offline_12, 4);
		memcpy((uint8_t *)sleeper_struct_page(&s, 0x1001) + 48,
		       old ? &offline_12 : &offline_1, 4);
		find();
		assert_int_equal(found.found.free, SLEEPER_FREE);
		assert_int_equal(found.found.unreadable, 2);
		assert_int_equal(found.map.set, 0x104 + 2);
		assert_true(pagebits_has(&found.map, 0x7f3));
		assert_true(pagebits_has(&found.map, 0x1000));
		assert_false(pagebits_has(&found.map, 0x1001));
		/* A kernel that does not know of broken memory has another flag there. */
		sleeper_note(&s, "NUMBER(PG_hwpoison)", NULL);
		find();
		assert_int_equal(found.found.unreadable, 1);
		sleeper_note(&s, "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", NULL);
		find();
		assert_int_equal(found.found.unreadable, 1);
	}
}

/* Any damage leads to a map or to a doubt: the sanitizers look on. */
static void test_garbage(void **state)
{
	static const uint64_t where[] = { 0x1020, 0x1021, 0x1022, 0x1150, 0x1184, 0x11a8, 0x11a9, 
					  0x11ab, 0x11ac, 0x1201, 0x1210, 0x1222 };
	char why[WHY_SIZE];

	(void)state;
	random_start(57);
	for (int i = 0; i < 3000; i++) {
		uint64_t *word = (uint64_t *)sleeper_at(&s, where[i % COUNT(where)]) +
				 random_below(i % 2 ? 512 : 16), was = *word;

		*word = i % 3 ? was ^ 1ull << random_below(64) : random_next();
		sleeper_search(&s, &found, why);
		*word = was;
	}
	assert_found();
}

int freepages_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_layouts, begin, end),
		cmocka_unit_test_setup_teardown(test_numa, begin, end),
		cmocka_unit_test_setup_teardown(test_blocks, begin, end),
		cmocka_unit_test_setup_teardown(test_references, begin, end),
		cmocka_unit_test_setup_teardown(test_outside_ram, begin, end),
		cmocka_unit_test_setup_teardown(test_other_types, begin, end),
		cmocka_unit_test_setup_teardown(test_count, begin, end),
		cmocka_unit_test_setup_teardown(test_zones, begin, end),
		cmocka_unit_test_setup_teardown(test_sections, begin, end),
		cmocka_unit_test_setup_teardown(test_no_root, begin, end),
		cmocka_unit_test_setup_teardown(test_in_the_window, begin, end),
		cmocka_unit_test_setup_teardown(test_not_in_the_list, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable, begin, end),
		cmocka_unit_test_setup_teardown(test_tables_in_the_window, begin, end),
		cmocka_unit_test_setup_teardown(test_garbage, begin, end),
	};

	return cmocka_run_group_tests_name("freepages", tests, NULL, NULL);
}
