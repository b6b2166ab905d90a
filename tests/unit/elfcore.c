// SPDX-License-Identifier: GPL-2.0-only
/* elfcore.c - the headers of a core: what is refused, and which whole pages a load has */
#include <elf.h>

#include "../../linux/elfcore.h"
#include "unit.h"

#define LOADS 4
#define FILE_BYTES 0x100000u

struct core {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[3];
};

static struct core sample_core(void)
{
	struct core c = {
		.eh = { .e_ident = ELFMAG, .e_type = ET_CORE, .e_phoff = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3 },
		.ph = {
			{ .p_type = PT_NOTE, .p_offset = 0x1000, .p_filesz = 0x1000 },
			{ .p_type = PT_LOAD, .p_offset = 0x2000, .p_paddr = 0x1000,
			  .p_filesz = 0x3000 },
			{ .p_type = PT_LOAD, .p_offset = 0x5000, .p_paddr = 0x100000,
			  .p_filesz = 0x8000 },
		},
	};

	c.eh.e_ident[EI_CLASS] = ELFCLASS64;
	return c;
}

static struct elf_load loads[LOADS];

static int parse_some(const struct core *c, size_t len, char *why)
{
	void *exact = copy_of(c, len);
	int n;

	memset(loads, 0xff, sizeof loads);
	n = elf_loads(exact, len, FILE_BYTES, loads, LOADS, why);
	free(exact);
	return n;
}

static int parse(const struct core *c, char *why)
{
	return parse_some(c, sizeof *c, why);
}

static void test_good(void **state)
{
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(parse(&c, why), 2);
	assert_int_equal(loads[0].pfn, 1);
	assert_int_equal(loads[0].pages, 3);
	assert_int_equal(loads[0].offset, 0x2000);
	assert_int_equal(loads[1].pfn, 0x100);
	assert_int_equal(loads[1].pages, 8);
	assert_int_equal(loads[1].offset, 0x5000);
	c.ph[2].p_filesz = 0;	/* memory that is not in the file */
	assert_int_equal(parse(&c, why), 1);
}

static void test_parts_of_pages(void **state)
{
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	c.ph[1].p_paddr = 0x1400;	/* to 0x43ff: pages 2 and 3 */
	c.ph[1].p_offset = 0x2400;
	assert_int_equal(parse(&c, why), 2);
	assert_int_equal(loads[0].pfn, 2);
	assert_int_equal(loads[0].pages, 2);
	assert_int_equal(loads[0].offset, 0x3000);
	c.ph[1].p_filesz = 0xbff;	/* not to the end of page 1 */
	assert_int_equal(parse(&c, why), 1);
	assert_int_equal(loads[0].pfn, 0x100);
	c.ph[1].p_filesz = 0x1bff;	/* not to the end of page 2 */
	assert_int_equal(parse(&c, why), 1);
	c.ph[1].p_filesz = 0x1c00;
	assert_int_equal(parse(&c, why), 2);
	assert_int_equal(loads[0].pages, 1);
}

/* Its whole pages have to stand on pages of the file, wherever their parts do. */
static void test_off_pages(void **state)
{
	const char *text = "ELF core: load %d stands at %#x, its pages not on pages of the file";
	const unsigned int bad[] = { 0x2001, 0x2200, 0x2400, 0x2fff };
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		c.ph[1].p_offset = bad[i];
		assert_refused(parse(&c, why), why, text, 1, bad[i]);
	}
	c.ph[1].p_paddr = 0x1400;
	c.ph[1].p_offset = 0x2000;	/* page 2 would stand at 0x2c00 */
	assert_refused(parse(&c, why), why, text, 1, 0x2000);
	c.ph[1].p_offset = 0x23ff;
	assert_refused(parse(&c, why), why, text, 1, 0x23ff);
	c.ph[1].p_filesz = 0x1bff;	/* no whole page, so none stands badly */
	assert_int_equal(parse(&c, why), 1);
	assert_int_equal(loads[0].pfn, 0x100);
	c.ph[2].p_offset = 0x5800;	/* the first load that is not in order is named */
	assert_refused(parse(&c, why), why, text, 2, 0x5800);
}

static void test_no_core(void **state)
{
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse_some(&c, 63, why), why, "ELF core: 63 bytes, its header alone has 64");
	assert_refused(parse_some(&c, 0, why), why, "ELF core: 0 bytes, its header alone has 64");
	c.eh.e_type = ET_EXEC;
	assert_refused(parse(&c, why), why, "no ELF64 core: class 2, type 2");
	c.eh.e_type = ET_CORE;
	c.eh.e_ident[EI_CLASS] = ELFCLASS32;
	assert_refused(parse(&c, why), why, "no ELF64 core: class 1, type 4");
	c = sample_core();
	c.eh.e_ident[0] = 0;
	assert_refused(parse(&c, why), why, "no ELF64 core: class 2, type 4");
}

static void test_program_headers(void **state)
{
	const char *text = "ELF core: %u program headers of %u bytes at %llu, %zu bytes are read";
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	assert_refused(parse_some(&c, sizeof c - 1, why), why, text, 3, 56, 64ull, sizeof c - 1);
	c.eh.e_phnum = 0xffff;
	assert_refused(parse(&c, why), why, text, 0xffff, 56, 64ull, sizeof c);
	c = sample_core();
	c.eh.e_phentsize = 32;
	assert_refused(parse(&c, why), why, text, 3, 32, 64ull, sizeof c);
	c = sample_core();
	c.eh.e_phoff = UINT64_MAX - 55;	/* + 56 would wrap to 0 */
	assert_refused(parse(&c, why), why, text, 3, 56, UINT64_MAX - 55ull, sizeof c);
	c.eh.e_phoff = sizeof c + 1;
	assert_refused(parse(&c, why), why, text, 3, 56, sizeof c + 1ull, sizeof c);
	c.eh.e_phoff = sizeof c;
	c.eh.e_phnum = 0;
	assert_refused(parse(&c, why), why, "ELF core: 0 program headers, none is a load");
	c.eh.e_phoff = sizeof c.eh;
	assert_refused(parse_some(&c, sizeof c.eh, why), why,
		       "ELF core: 0 program headers, none is a load");
}

static void test_loads(void **state)
{
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	c.ph[2].p_filesz = FILE_BYTES - 0x5000;
	assert_int_equal(parse(&c, why), 2);
	c.ph[2].p_filesz++;
	assert_refused(parse(&c, why), why,
		       "ELF core: load 2 has 1028097 bytes at 20480, the file has 1048576");
	c.ph[2].p_filesz = UINT64_MAX;
	c.ph[2].p_offset = 2;
	assert_refused(
		parse(&c, why), why,
		"ELF core: load 2 has 18446744073709551615 bytes at 2, the file has 1048576");
	c.ph[2].p_filesz = 0x1000;
	c.ph[2].p_offset = UINT64_MAX - 0xfff;
	assert_refused(
		parse(&c, why), why,
		"ELF core: load 2 has 4096 bytes at 18446744073709547520, the file has 1048576");
	c.ph[2].p_offset = 0x1000;
	c.ph[2].p_paddr = UINT64_MAX - 0xfff;
	assert_refused(parse(&c, why), why,
		       "ELF core: load 2 has 0x1000 bytes of address 0xfffffffffffff000");
	c.ph[2].p_paddr = (IMAGE_MAX_PFN - 1) * IMAGE_BLOCK;
	assert_refused(parse(&c, why), why,
		       "ELF core: load 2 has 0x1000 bytes of address 0xffffffffff000");
	c.ph[2].p_paddr = (IMAGE_MAX_PFN - 2) * IMAGE_BLOCK;
	assert_int_equal(parse(&c, why), 2);
}

/* A file of any size: address and length alone may not pass the end of memory. */
static void test_vast_loads(void **state)
{
	const uint64_t sizes[] = { 1ull << 52, (1ull << 52) + IMAGE_BLOCK, 1ull << 63, UINT64_MAX };
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	c.ph[2].p_offset = 0;
	c.ph[2].p_paddr = 0;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		c.ph[2].p_filesz = sizes[i];
		assert_refused(elf_loads(&c, sizeof c, UINT64_MAX, loads, LOADS, why), why,
			       "ELF core: load 2 has %#llx bytes of address 0",
			       (unsigned long long)sizes[i]);
	}
	c.ph[2].p_filesz = (1ull << 52) - IMAGE_BLOCK;
	assert_int_equal(elf_loads(&c, sizeof c, UINT64_MAX, loads, LOADS, why), 2);
	assert_int_equal(loads[1].pages, IMAGE_MAX_PFN - 1);
}

static void test_too_many(void **state)
{
	struct core c = sample_core();
	char why[WHY_SIZE];

	(void)state;
	c.ph[0] = c.ph[1];
	assert_refused(elf_loads(&c, sizeof c, FILE_BYTES, loads, 2, why), why,
		       "ELF core: more than 2 loads");
	assert_int_equal(elf_loads(&c, sizeof c, FILE_BYTES, loads, 3, why), 3);
}

static void test_notes(void **state)
{
	struct core c = sample_core();
	struct elf_part notes;
	char why[WHY_SIZE];

	(void)state;
	assert_passes(elf_notes(&c, sizeof c, FILE_BYTES, &notes, why), why);
	assert_int_equal(notes.offset, 0x1000);
	assert_int_equal(notes.bytes, 0x1000);
	c.ph[0].p_filesz = FILE_BYTES - 0xfff;
	assert_refused(elf_notes(&c, sizeof c, FILE_BYTES, &notes, why), why,
		       "ELF core: notes of 1044481 bytes at 4096, the file has 1048576");
	c.ph[0].p_offset = UINT64_MAX;
	c.ph[0].p_filesz = 2;
	assert_refused(elf_notes(&c, sizeof c, FILE_BYTES, &notes, why), why,
		       "ELF core: notes of 2 bytes at 18446744073709551615, the file has 1048576");
	c.ph[0].p_type = PT_LOAD;
	assert_refused(elf_notes(&c, sizeof c, FILE_BYTES, &notes, why), why,
		       "ELF core: 3 program headers, none is of notes");
	assert_refused(elf_notes(&c, 63, FILE_BYTES, &notes, why), why,
		       "ELF core: 63 bytes, its header alone has 64");
}

int elfcore_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_parts_of_pages),
		cmocka_unit_test(test_off_pages),
		cmocka_unit_test(test_no_core),
		cmocka_unit_test(test_program_headers),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_vast_loads),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests_name("elfcore", tests, NULL, NULL);
}
