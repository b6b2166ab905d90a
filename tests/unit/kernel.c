// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - a small kernel in the sample machine's memory is found by its
 * VMCOREINFO and page tables, and so are the pages that the jump exchanged
 *
 * Its image lies at 16 MiB and is linked 48 MiB behind AMEM_KERNEL; it sees
 * all memory from DIRECT on.
 */
#include <unistd.h>

#include "../../tools/pages.h"
#include "fakes.h"

#define TEXT_PA		0x1000000ull
#define TEXT_VA		(AMEM_KERNEL + 0x3000000)
#define DIRECT		0xffff8880c0000000ull
#define ROOT		0x1200000ull	/* the page tables, one page each */
#define INFO_PFN	0x110u
#define STALE_PFN	0x108u
#define ENTRY		0x1234000ull	/* the page of it: sample_head() */
#define LIST		0x501000ull

static struct image img;
static struct pages p;
static struct image_kernel k;

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
	snprintf(page, IMAGE_BLOCK,
		 "OSRELEASE=6.12.0-unit\nPAGESIZE=4096\nSYMBOL(_stext)=%llx\n"
		 "SYMBOL(init_top_pgt)=%llx\nNUMBER(phys_base)=%lld\nNUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=2000000\nNUMBER(KERNEL_IMAGE_SIZE)=1073741824\n%s",
		 (unsigned long long)TEXT_VA, (unsigned long long)TEXT_VA + 0x200000, phys_base,
		 more);
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

static void find(bool known)
{
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(pages_open(&p, &img), 0);
	assert_int_equal(image_kernel_find(&k, &p), 0);
	assert_int_equal(k.known, known);
}

static void close_all(void)
{
	free(k.exchanged.pairs);
	pages_close(&p);
	image_close(&img);
	write_state(IMAGE_USED, 0);	/* a test may save another one over it */
}

static void assert_at(uint64_t virt, const char *text, uint64_t wanted)
{
	char why[WHY_SIZE];
	uint64_t value;

	if (text) {
		assert_refused(amem_read(&k.mem, virt, &value, sizeof value, why), why, "%s", text);
	} else {
		assert_passes(amem_read(&k.mem, virt, &value, sizeof value, why), why);
		assert_int_equal(value, wanted);
	}
}

static void test_find(void **state)
{
	(void)state;
	put(TEXT_PA + 0x800, 0x1122334455667788);
	find(true);
	assert_int_equal(k.kernel.page_offset, DIRECT);
	assert_int_equal(k.kernel.info.phys_base, -0x2000000ull);
	assert_int_equal(k.kernel.info.kernel_offset, 0x2000000);
	assert_int_equal(k.kernel.text, TEXT_VA);
	assert_int_equal(k.kernel.text_phys, TEXT_PA);
	assert_int_equal(k.kernel.text_bytes, 0x400000);
	assert_memory_equal(k.kernel.note, "OSRELEASE=6.12.0-unit\n", 22);
	assert_int_equal(k.kernel.note[k.kernel.note_len - 1], '\n');
	assert_at(TEXT_VA + 0x800, NULL, 0x1122334455667788);
	assert_at(DIRECT + TEXT_PA + 0x800, NULL, 0x1122334455667788);
	assert_at(DIRECT, "address 0xffff8880c0000000: entry of level 1 is 0, not present", 0);
	assert_at(DIRECT + 0x200000,
		  "pfn 0x200 was exchanged by the jump, and the list of these pages is not known",
		  0);
	assert_at(DIRECT + 0x800000, "pfn 0x800 is not in the image", 0);	/* no RAM */
	assert_string_equal(k.no_exchanged,
			    "kexec's list: nothing in the page of entry 0x1234560 leads to it");
	close_all();
}

static void assert_not_found(void)
{
	find(false);
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
	find(false);
	close_all();
	put_table(0, 511, 0xfffffffff000 | 0x63);
	find(false);
	close_all();
	/* A table that is its own: not for ever. */
	put_table(0, 511, ROOT | 0x63);
	assert_not_found();
}

/* With memory encryption a bit of each entry is no part of the address. */
static void test_encrypted(void **state)
{
	const uint64_t mask = 1ull << 47;

	(void)state;
	put_table(0, 511, (ROOT + 0x1000) | mask | 0x63);
	put_table(1, 510, (ROOT + 0x2000) | mask | 0x63);
	assert_not_found();
	put_info(INFO_PFN, -0x2000000, "NUMBER(sme_mask)=140737488355328\n");
	find(true);
	close_all();
}

/* What a kernel never writes is not believed, though a number may begin it. */
static void test_odd_info(void **state)
{
	(void)state;
	put_info(INFO_PFN, -0x2000000, "NUMBER(sme_mask)=0x0\n");
	assert_not_found();
	put_info(INFO_PFN, -0x2000000, "NUMBER(sme_mask)= 0\n");
	assert_not_found();
	put_info(INFO_PFN, -0x2000000, "NUMBER(sme_mask)=+0\n");
	assert_not_found();
	put_info(INFO_PFN, -0x2000000, "PAGESIZE=4096\n");	/* twice */
	assert_not_found();
	put_info(INFO_PFN, -0x2000000,
		 "NUMBER(sme_mask)=0"); /* a line without an end says nothing */
	find(true);
	close_all();
}

static void put_list(void)
{
	put(ENTRY + 2048 + 0x30, LIST | 2);
	put(LIST, 0x200000 | 1);
	put(LIST + 8, 0x600000 | 8);
	put(LIST + 16, 0x201000 | 8);	/* its own */
	put(LIST + 24, 0x601000 | 8);
	put(LIST + 32, 0x1000 | 1);
	put(LIST + 40, 0x602000 | 8);
	put(LIST + 48, 4);
}

static void assert_found(void)
{
	static const uint64_t pairs[][2] = { { 1, 0x602 }, { 0x200, 0x600 }, { 0x202, 0x601 } };

	assert_int_equal(k.exchanged.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(k.exchanged.pairs[i].pfn, pairs[i][0]);
		assert_int_equal(k.exchanged.pairs[i].source, pairs[i][1]);
	}
}

static void test_exchanged(void **state)
{
	(void)state;
	put_list();
	put(0x600000 + 0x123 * 8, 0x55);
	find(true);
	assert_string_equal(k.no_exchanged, "");
	assert_found();
	assert_at(DIRECT + 0x200000 + 0x123 * 8, NULL, 0x55);
	assert_at(DIRECT + 0x201000,
		  "pfn 0x201 was exchanged by the jump, and is not in kexec's list", 0);
	close_all();
}

/* The page tables themselves were exchanged: of each level, and that of the kernel's image. */
static void test_exchanged_tables(void **state)
{
	(void)state;
	put_list();
	memcpy(sleeping_memory + 0x600000, sleeping_memory + ROOT + 0x3000, IMAGE_BLOCK);
	put_table(0, 273, 0x200000 | 0x63);
	memcpy(sleeping_memory + 0x601000, sleeping_memory + ROOT + 0x2000, IMAGE_BLOCK);
	put_table(1, 510, 0x202000 | 0x63);
	find(true);
	assert_found();
	assert_int_equal(k.kernel.page_offset, DIRECT);
	assert_int_equal(k.kernel.text_bytes, 0x400000);
	close_all();
	put(0x601000 + 24 * 8, (TEXT_PA + 0x200000) | 0x1e3);	/* what it says there counts */
	assert_not_found();
}

/* One level lower, the entry that leads to the table tells enough. */
static void test_unknown_table(void **state)
{
	(void)state;
	put_table(3, 3, 0x200000 | 0x63);
	find(true);
	assert_int_equal(k.kernel.page_offset, DIRECT);
	close_all();
}

/* Without the list the core has not these pages, but all the others. */
static void test_bad_list(void **state)
{
	(void)state;
	put_list();
	put(LIST + 16, 0x200000 | 3);
	find(true);
	assert_int_equal(k.exchanged.n, 0);
	assert_string_equal(k.no_exchanged, "kexec's list: entry 0x200003 for destination 0x201");
	close_all();
}

static void test_damage(void **state)
{
	uint8_t byte = 0;

	(void)state;
	put_list();
	save_all();
	assert_int_equal(open_image(&img, false), 0);
	assert_int_equal(pages_open(&p, &img), 0);
	assert_int_equal(pwrite(disk.fd, &byte, 1, img.tail.chunks[0].offset + IMAGE_BLOCK + 5), 1);
	quiet = true;
	assert_int_equal(image_kernel_find(&k, &p), -1);
	assert_last_failure("chunk 0: checksum of its data is");
	quiet = false;
	close_all();
}

int kernel_tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, kernel_begin, disk_end)
	const struct CMUnitTest tests[] = {
		TEST(test_find),	   TEST(test_no_info),
		TEST(test_text_elsewhere), TEST(test_no_direct_map),
		TEST(test_odd_direct_map), TEST(test_tables_unknown),
		TEST(test_encrypted),	   TEST(test_odd_info),
		TEST(test_exchanged),	   TEST(test_exchanged_tables),
		TEST(test_unknown_table),  TEST(test_bad_list),
		TEST(test_damage),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
