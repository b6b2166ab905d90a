// SPDX-License-Identifier: GPL-2.0-only
/* elfcore-make.c - the headers of a core are read back by those who read cores */
#include <elf.h>

#include "../../linux/elfcore.h"
#include "unit.h"

#define INFO "OSRELEASE=6.12\nPAGESIZE=4096\n"

static const struct elf_piece sample[] = {
	{ .vaddr = 0xffff888000001000, .paddr = 0x1000, .bytes = 0x9e000, .offset = 0 },
	{ .vaddr = 0xffff888000100000, .paddr = 0x100000, .bytes = 0x700000, .offset = 0x9e000 },
	{ .vaddr = 0xffffffff81000000, .paddr = 0x200000, .bytes = 0x100000, .offset = 0x19e000 },
};

static uint8_t *make(const struct elf_piece *pieces, size_t n, const char *info, size_t info_len,
		     size_t *len)
{
	uint8_t *headers;

	*len = elf_core_size(n, info_len);
	headers = calloc(1, *len);
	elf_core_make(headers, pieces, n, info, info_len);
	return headers;
}

static void test_loads(void **state)
{
	struct elf_load loads[3];
	char why[WHY_SIZE];
	size_t len;
	uint8_t *headers = make(sample, 3, INFO, sizeof INFO - 1, &len);

	(void)state;
	assert_int_equal(len, IMAGE_BLOCK);
	assert_int_equal(elf_loads(headers, len, len + 0x79e000, loads, 3, why), 3);
	assert_int_equal(loads[0].pfn, 1);
	assert_int_equal(loads[1].pfn, 0x100);
	assert_int_equal(loads[1].pages, 0x700);
	assert_int_equal(loads[1].offset, len + 0x9e000);
	assert_int_equal(loads[2].offset, len + 0x19e000);
	/* The end of the file is the end of the memory. */
	assert_int_equal(elf_loads(headers, len, len + 0x79e000 - 1, loads, 3, why), -1);
	free(headers);
}

static void test_kind(void **state)
{
	size_t len;
	uint8_t *headers = make(sample, 3, INFO, sizeof INFO - 1, &len);
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	(void)state;
	memcpy(&eh, headers, sizeof eh);
	assert_int_equal(eh.e_type, ET_CORE);
	assert_int_equal(eh.e_machine, EM_X86_64);
	assert_int_equal(eh.e_phnum, 4);
	memcpy(&ph, headers + eh.e_phoff, sizeof ph);
	assert_int_equal(ph.p_type, PT_NOTE);
	memcpy(&ph, headers + eh.e_phoff + 3 * sizeof ph, sizeof ph);
	assert_int_equal(ph.p_vaddr, 0xffffffff81000000);
	assert_int_equal(ph.p_filesz, ph.p_memsz);
	free(headers);
}

/* Walk through the notes as readelf does. */
static int count_notes(const uint8_t *headers, const char **info, size_t *info_len)
{
	Elf64_Phdr ph;
	int n = 0;

	memcpy(&ph, headers + sizeof(Elf64_Ehdr), sizeof ph);
	*info = NULL;
	for (size_t at = 0; at < ph.p_filesz; n++) {
		const uint8_t *p = headers + ph.p_offset + at;
		Elf64_Nhdr nh;

		memcpy(&nh, p, sizeof nh);
		if (!strcmp((const char *)p + sizeof nh, "VMCOREINFO")) {
			*info = (const char *)p + sizeof nh + (nh.n_namesz + 3) / 4 * 4;
			*info_len = nh.n_descsz;
		}
		at += sizeof nh + (nh.n_namesz + 3) / 4 * 4 + (nh.n_descsz + 3) / 4 * 4;
		assert_true(at <= ph.p_filesz);
	}
	return n;
}

static void test_notes(void **state)
{
	const char *info;
	size_t len, info_len = 0;
	uint8_t *headers = make(sample, 3, INFO, sizeof INFO - 1, &len);

	(void)state;
	assert_int_equal(count_notes(headers, &info, &info_len), 2);
	assert_int_equal(info_len, sizeof INFO - 1);
	assert_memory_equal(info, INFO, info_len);
	free(headers);
	headers = make(sample, 3, "", 0, &len);
	assert_int_equal(count_notes(headers, &info, &info_len), 1);
	assert_null(info);
	free(headers);
}

static void test_many(void **state)
{
	struct elf_piece *many = calloc(ELF_CORE_LOADS, sizeof *many);
	Elf64_Ehdr eh;
	size_t len;
	uint8_t *headers = make(many, ELF_CORE_LOADS, INFO, sizeof INFO - 1, &len);

	(void)state;
	memcpy(&eh, headers, sizeof eh);
	assert_int_equal(eh.e_phnum, 0xfffe);
	assert_int_equal(len % IMAGE_BLOCK, 0);
	free(headers);
	free(many);
}

int elfcore_make_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("elfcore make", tests, NULL, NULL);
}
