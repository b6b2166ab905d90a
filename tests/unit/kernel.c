// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - a small kernel in the sample machine's memory is found by its
 * VMCOREINFO and page tables, and so are the pages that the jump exchanged
 *
 * Its image lies at 16 MiB and is linked 48 MiB behind START_KERNEL_MAP; it sees
 * all memory from DIRECT on.
 */
#include "../../tools/exchanges.h"
#include "../../tools/kernel.h"
#include "fakes.h"

#define TEXT_PA		0x1000000ull
#define TEXT_VA		(START_KERNEL_MAP + 0x3000000)
#define DIRECT		0xffff8880c0000000ull
#define ROOT		0x1200000ull	/* the page tables, one page each */
#define INFO_PFN	0x110u
#define STALE_PFN	0x108u
#define KIMAGE		0x500000ull
#define LIST		0x501000ull

static struct image img;
static struct pages p;
static struct kernel k;

static void put(uint64_t pa, uint64_t value)
{
	memcpy(sleeping_memory + pa, &value, sizeof value);
}

static void put_table(unsigned int n, unsigned int index, uint64_t entry)
{
	put(ROOT + n * IMAGE_BLOCK + index * 8, entry);
}

static void put_info(uint64_t pfn, long long phys_base, const char *more)
{
	char *page = (char *)sleeping_memory + pfn * IMAGE_BLOCK;

	memset(page, 0, IMAGE_BLOCK);
	snprintf(page, IMAGE_BLOCK, "OSRELEASE=6.12.0-unit\nPAGESIZE=4096\nSYMBOL(_stext)=%llx\n"
		 "SYMBOL(swapper_pg_dir)=%llx\nNUMBER(phys_base)=%lld\nNUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=2000000\nNUMBER(KERNEL_IMAGE_SIZE)=1073741824\n%s",
		 (unsigned long long)TEXT_VA, (unsigned long long)TEXT_VA + 0x200000, phys_base, more);
}

/* Tables 0: root; 1, 2: of the kernel's image; 3, 4, 5: of all memory. */
static int kernel_begin(void **state)
{
	if (disk_begin(state) < 0)
		return -1;
	memset(sleeping_memory + ROOT, 0, 6 * IMAGE_BLOCK);
	put_table(0, 511, (ROOT + 0x1000) | 0x63);
	put_table(1, 510, (ROOT + 0x2000) | 0x63);
	put_table(2, 24, TEXT_PA | 0x1e3);
	put_table(2, 25, (TEXT_PA + 0x200000) | 0x80000000000001e3);
	put_table(0, 273, (ROOT + 0x3000) | 0x63);
	put_table(3, 3, (ROOT + 0x4000) | 0x63);
	put_table(4, 0, (ROOT + 0x5000) | 0x63);
	for (unsigned int pfn = 1; pfn < 0x9f; pfn++)
		put_table(5, pfn, pfn * IMAGE_BLOCK | 0x63);
	for (unsigned int i = 1; i < 10; i++)
		put_table(4, i, i * 0x200000ull | 0xe3);
	put_info(STALE_PFN, -0x1000000, "");	/* of a boot at another place */
	put_info(INFO_PFN, -0x2000000, "");
	return 0;
}

static int find(void)
{
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(pages_open(&p, &img), 0);
	return kernel_find(&k, &p);
}

static void close_all(void)
{
	pages_close(&p);
	image_close(&img);
	write_state(IMAGE_USED, 0);	/* a test may save another one over it */
}

static void test_find(void **state)
{
	uint64_t value;

	(void)state;
	put(TEXT_PA + 0x800, 0x1122334455667788);
	assert_int_equal(find(), 1);
	assert_int_equal(k.page_offset, DIRECT);
	assert_int_equal(k.phys_base, -0x2000000ull);
	assert_int_equal(k.offset, 0x2000000);
	assert_int_equal(k.text, TEXT_VA);
	assert_int_equal(k.text_bytes, 0x400000);
	assert_true(kernel_read(&k, TEXT_VA + 0x800, &value, sizeof value));
	assert_int_equal(value, 0x1122334455667788);
	assert_true(kernel_read(&k, DIRECT + TEXT_PA + 0x800, &value, sizeof value));
	assert_int_equal(value, 0x1122334455667788);
	assert_false(kernel_read(&k, DIRECT, &value, sizeof value));		/* page 0 */
	assert_false(kernel_read(&k, DIRECT + 0x200000, &value, sizeof value));	/* exchanged */
	assert_false(kernel_read(&k, TEXT_VA + 0xffc, &value, sizeof value));	/* two pages */
	assert_false(kernel_read(&k, 0, &value, sizeof value));
	close_all();
}

static void assert_not_found(void)
{
	assert_int_equal(find(), 0);
	close_all();
}

static void test_no_info(void **state)
{
	(void)state;
	memset(sleeping_memory + INFO_PFN * IMAGE_BLOCK, 0, IMAGE_BLOCK);
	assert_not_found();
}

static void test_text_elsewhere(void **state)
{
	(void)state;
	put_table(2, 24, (TEXT_PA + 0x200000) | 0x1e3);
	assert_not_found();
}

static void test_no_direct_map(void **state)
{
	(void)state;
	put_table(0, 273, 0);
	assert_not_found();
}

/* What is mapped there is not all of memory, in its order. */
static void test_odd_direct_map(void **state)
{
	(void)state;
	put_table(5, 1, 0x2000 | 0x63);
	assert_not_found();
}

/* A table that the jump exchanged, and one that is no RAM. */
static void test_tables_unknown(void **state)
{
	(void)state;
	put_table(0, 273, 0x200000 | 0x63);
	assert_int_equal(find(), 0);
	close_all();
	put_table(0, 511, 0xfffffffff000 | 0x63);
	assert_int_equal(find(), 0);
	close_all();
	/* A table that is its own: not for ever. */
	put_table(0, 511, ROOT | 0x63);
	assert_not_found();
}

static void test_walk(void **state)
{
	uint64_t pa, size;

	(void)state;
	assert_int_equal(find(), 1);
	assert_int_equal(paging_walk(&k.paging, DIRECT + 0x12345, &pa, &size), WALK_MAPPED);
	assert_int_equal(pa, 0x12345);
	assert_int_equal(size, 0x1000);
	assert_int_equal(paging_walk(&k.paging, DIRECT + 0x654321, &pa, &size), WALK_MAPPED);
	assert_int_equal(pa, 0x654321);
	assert_int_equal(size, 0x200000);
	assert_int_equal(paging_walk(&k.paging, DIRECT + (1ull << 30), &pa, &size), WALK_ABSENT);
	assert_int_equal(size, 1ull << 30);
	assert_int_equal(paging_walk(&k.paging, 0, &pa, &size), WALK_ABSENT);
	assert_int_equal(size, 1ull << 39);
	k.paging.root = 0x200000;
	assert_int_equal(paging_walk(&k.paging, 0, &pa, &size), WALK_UNKNOWN);
	assert_int_equal(size, 1ull << 48);
	close_all();
}

/* With the list of kexec's pages: kexec_image at TEXT + 0x800, head 24 bytes into struct kimage. */
static void put_list(void)
{
	char more[100];

	snprintf(more, sizeof more, "SYMBOL(kexec_image)=%llx\nOFFSET(kimage.head)=24\n",
		 (unsigned long long)TEXT_VA + 0x800);
	put_info(INFO_PFN, -0x2000000, more);
	put(TEXT_PA + 0x800, DIRECT + KIMAGE);
	put(KIMAGE + 24, LIST | 2);
	put(LIST, 0x200000 | 1);
	put(LIST + 8, 0x600000 | 8);
	put(LIST + 16, 0x201000 | 8);	/* its own */
	put(LIST + 24, 0x601000 | 8);
	put(LIST + 32, 0x1000 | 1);
	put(LIST + 40, 0x602000 | 8);
	put(LIST + 48, 0x1100000 | 1);	/* not exchanged */
	put(LIST + 56, 0x603000 | 8);
	put(LIST + 64, 4);
}

static void assert_found(void)
{
	assert_int_equal(p.nexchanges, 3);
	assert_int_equal(p.exchanges[0].pfn, 1);
	assert_int_equal(p.exchanges[0].source, 0x602);
	assert_int_equal(p.exchanges[1].pfn, 0x200);
	assert_int_equal(p.exchanges[1].source, 0x600);
	assert_int_equal(p.exchanges[2].pfn, 0x202);
	assert_int_equal(p.exchanges[2].source, 0x601);
}

/* By struct kimage, of which the kernel tells. */
static void test_exchanges(void **state)
{
	const uint8_t *page;
	char why[WHY_SIZE];
	uint64_t first;

	(void)state;
	put_list();
	assert_int_equal(find(), 1);
	assert_true(kernel_kexec_list(&k, &first));
	assert_int_equal(first, LIST | 2);
	assert_passes(exchanges_find(&p, first, why), why);
	assert_found();
	assert_int_equal(pages_at(&p, 0x200, &page), 0);
	assert_memory_equal(page, sleeping_memory + 0x600 * IMAGE_BLOCK, IMAGE_BLOCK);
	assert_int_equal(pages_at(&p, 0x201, &page), 0);
	assert_null(page);
	close_all();
}

/* By the page at which A is entered; with page tables that were exchanged. */
static void test_exchanged_tables(void **state)
{
	char why[WHY_SIZE];
	uint64_t first;

	(void)state;
	put_list();
	put(TEXT_PA + 0x800, 0);
	put(0x1234000 + 2048 + 0x30, LIST | 2);
	memcpy(sleeping_memory + 0x600000, sleeping_memory + ROOT + 0x3000, IMAGE_BLOCK);
	put_table(0, 273, 0x200000 | 0x63);
	assert_int_equal(find(), 0);
	assert_false(kernel_kexec_list(&k, &first));
	assert_true(exchanges_first(&p, &first));
	assert_passes(exchanges_find(&p, first, why), why);
	assert_found();
	assert_int_equal(kernel_find(&k, &p), 1);
	assert_int_equal(k.page_offset, DIRECT);
	close_all();
}

/* One level lower, the entry that leads to the table tells enough. */
static void test_unknown_table(void **state)
{
	(void)state;
	put_table(3, 3, 0x200000 | 0x63);
	assert_int_equal(find(), 1);
	assert_int_equal(k.page_offset, DIRECT);
	close_all();
}

static void assert_list_refused(uint64_t first, const char *text)
{
	char why[WHY_SIZE];

	assert_int_equal(find(), 1);
	assert_refused(exchanges_find(&p, first, why), why, "%s", text);
	assert_int_equal(p.nexchanges, 0);
	close_all();
}

static void test_no_list(void **state)
{
	uint64_t first;

	(void)state;
	assert_int_equal(find(), 1);
	assert_false(kernel_kexec_list(&k, &first));
	assert_true(exchanges_first(&p, &first));
	close_all();
	assert_list_refused(first, "list of kexec's pages: entry 0");
	assert_list_refused(4, "list of kexec's pages: it has none of those that were exchanged");
}

static void test_bad_lists(void **state)
{
	(void)state;
	put_list();
	put(LIST + 16, 0x200000 | 1);
	assert_list_refused(LIST | 2, "list of kexec's pages: page 0x200 comes twice");
	put(LIST + 16, 0x200000 | 3);
	assert_list_refused(LIST | 2, "list of kexec's pages: entry 0x200003");
	put(LIST + 16, LIST | 2);	/* again and again, with a page each time */
	assert_list_refused(LIST | 2, "list of kexec's pages: more than the 670 pages that were exchanged");
	put(LIST + 8, LIST | 2);
	assert_list_refused(LIST | 2, "list of kexec's pages: it has no end");
	put(LIST + 8, 0x200000 | 2);
	assert_list_refused(LIST | 2, "list of kexec's pages: 0x200000 is not in the image");
	assert_list_refused(0xfffffffff000 | 2, "list of kexec's pages: 0xfffffffff000 is not in the image");
}

int kernel_tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, kernel_begin, disk_end)
	const struct CMUnitTest tests[] = {
		TEST(test_find), TEST(test_no_info), TEST(test_text_elsewhere), TEST(test_no_direct_map),
		TEST(test_odd_direct_map), TEST(test_tables_unknown), TEST(test_walk),
		TEST(test_exchanges), TEST(test_exchanged_tables),
		TEST(test_unknown_table), TEST(test_no_list), TEST(test_bad_lists),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
