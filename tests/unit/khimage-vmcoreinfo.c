// SPDX-License-Identifier: GPL-2.0-only
/* khimage-vmcoreinfo.c - the text of a VMCOREINFO note: what is one, and what it says */
#include "../../tools/vmcoreinfo.h"
#include "unit.h"

static struct vmcoreinfo v;

static bool read_text_as(const char *text, const char *release)
{
	uint8_t *page = calloc(1, IMAGE_BLOCK);
	bool found;

	memcpy(page, text, strlen(text));
	found = vmcoreinfo_read(&v, page, release);
	free(page);
	return found;
}

static void test_release(void **state)
{
	(void)state;
	assert_true(read_text_as("OSRELEASE=6.12.0\nPAGESIZE=4096\n", "6.12.0"));
	assert_int_equal(v.len, 31);
	assert_false(read_text_as("OSRELEASE=6.12.0-1\nPAGESIZE=4096\n", "6.12.0"));
	assert_false(read_text_as("OSRELEASE=6.12\n", "6.12.0"));
	assert_false(read_text_as("SRELEASE=6.12.0\n", "6.12.0"));
	assert_false(read_text_as("OSRELEASE=6.12.0", "6.12.0"));
	assert_false(read_text_as("", "6.12.0"));
}

/* A page of it without an end. */
static void test_full(void **state)
{
	uint8_t *page = malloc(IMAGE_BLOCK);
	uint64_t n;

	(void)state;
	memset(page, 'x', IMAGE_BLOCK);
	memcpy(page, "OSRELEASE=6.12.0\n", 17);
	memcpy(page + IMAGE_BLOCK - 6, "\nKEY=7", 6);
	assert_true(vmcoreinfo_read(&v, page, "6.12.0"));
	assert_int_equal(v.len, IMAGE_BLOCK);
	assert_false(vmcoreinfo_hex(&v, "KEY", &n));	/* its line has no end */
	free(page);
}

static void test_values(void **state)
{
	uint64_t n = 0;

	(void)state;
	assert_true(read_text_as("OSRELEASE=r\nSYMBOL(_stext)=ffffffff81000000\nNUMBER(phys_base)=-16777216\n"
				 "NUMBER(big)=9223372036854775808\nNUMBER(text)=x1\nNUMBER(part)=1x\nNUMBER(none)=\n"
				 "SYMBOL(big)=1ffffffffffffffff\nXNUMBER(y)=1\n", "r"));
	assert_true(vmcoreinfo_hex(&v, "SYMBOL(_stext)", &n));
	assert_int_equal(n, 0xffffffff81000000);
	assert_true(vmcoreinfo_number(&v, "NUMBER(phys_base)", &n));
	assert_int_equal(n, -16777216ull);
	assert_false(vmcoreinfo_number(&v, "NUMBER(big)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(text)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(part)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(none)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(y)", &n));
	assert_false(vmcoreinfo_hex(&v, "SYMBOL(big)", &n));
	assert_false(vmcoreinfo_hex(&v, "SYMBOL(_ste", &n));
	assert_false(vmcoreinfo_hex(&v, "SYMBOL(absent)", &n));
}

int khimage_vmcoreinfo_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests_name("khimage vmcoreinfo", tests, NULL, NULL);
}
