// SPDX-License-Identifier: GPL-2.0-only
/* target.c - targets and ids as people write them */
#include "../../targets/target.h"
#include "unit.h"

#define ID "00112233445566778899aabbccddeeff"

static void test_id(void **state)
{
	const uint8_t wanted[16] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
				     0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	uint8_t id[16];
	char hex[33];

	(void)state;
	assert_true(id_parse(ID, id));
	assert_memory_equal(id, wanted, 16);
	id_format(id, hex);
	assert_string_equal(hex, ID);
}

static void test_id_refuses(void **state)
{
	static const char *const bad[] = {
		"", "0", "00112233445566778899aabbccddeef", ID "0", ID " ", ID "\n",
		"00112233445566778899AABBCCDDEEFF", "0x112233445566778899aabbccddeeff",
		"g0112233445566778899aabbccddeeff", "00112233445566778899aabbccddeef:",
		"00112233-4455-6677-8899-aabbccddeeff", "\xff\xff",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *exact = copy_of(bad[i], strlen(bad[i]) + 1);
		uint8_t id[16];

		if (id_parse(exact, id))
			fail_msg("'%s' is no id", bad[i]);
		free(exact);
	}
}

static void test_target(void **state)
{
	struct target_spec spec;
	char why[WHY_SIZE];

	(void)state;
	memset(&spec, 0xff, sizeof spec);
	assert_passes(target_parse("part:/dev/vdb", &spec, why), why);
	assert_string_equal(spec.path, "/dev/vdb");
	assert_false(spec.has_id);
	assert_passes(target_parse("part:/dev/disk/by-id/a..x", &spec, why), why);
	assert_string_equal(spec.path, "/dev/disk/by-id/a..x");
	assert_passes(target_parse("part:/dev/.x", &spec, why), why);
	memset(&spec, 0xff, sizeof spec);
	assert_passes(target_parse("part:ID=" ID, &spec, why), why);
	assert_string_equal(spec.path, "");
	assert_true(spec.has_id);
	assert_int_equal(spec.id[15], 0xff);
}

static void test_target_refuses(void **state)
{
	static const char *const no_name[] = {
		"", "/", "vdb", "dev/vdb", "/dev", "/dev/", "/Dev/vdb", "/dev//", "/dev/vdb/",
		"/dev/..", "/dev/../etc/passwd", "/dev/disk/..", "/dev/disk/by-id/..x", "id=" ID,
	};
	struct target_spec spec;
	char why[WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(no_name); i++) {
		char text[64];

		snprintf(text, sizeof text, "part:%s", no_name[i]);
		memset(&spec, 0xff, sizeof spec);
		assert_refused(target_parse(text, &spec, why), why,
			       "target %s: neither /dev/NAME nor ID=", text);
		assert_string_equal(spec.path, "");
		assert_false(spec.has_id);
	}
	assert_refused(target_parse("", &spec, why), why,
		       "target : kind unknown, " KINDS_KNOWN);
	assert_refused(target_parse("/dev/vdb", &spec, why), why,
		       "target /dev/vdb: kind unknown, " KINDS_KNOWN);
	assert_refused(target_parse("tape:/dev/vdb", &spec, why), why,
		       "target tape:/dev/vdb: kind unknown, " KINDS_KNOWN);
	assert_refused(target_parse("part:ID=", &spec, why), why,
		       "target part:ID=: an id has 32 hex digits");
	assert_refused(target_parse("part:ID=" ID "0", &spec, why), why,
		       "target part:ID=" ID "0: an id has 32 hex digits");
}

#define DEV_WANTED ": not DEVICE:/PATH, of letters, digits and /_.:=+- and at most 127 bytes, " \
		   "none beginning with a dot"

static void test_target_dev(void **state)
{
	static const char *const odd[] = {
		"", "/dev/sda", "/dev/sda:", "/dev/sda:/", "/dev/sda:f", "/dev/sda:/d/",
		"/dev/sda:/../f", "/dev/sda:/.f", "/dev/sda://f", "/dev/sda:/d f", "ID=" ID,
	};
	char text[TARGET_PLACE], why[WHY_SIZE];
	struct target_spec spec;
	struct target t = { .kind = &target_dev, .name = "/dev/sdb1", .file = "/d/f" };

	(void)state;
	assert_passes(target_parse("dev:/dev/sda:/dir/hib.img", &spec, why), why);
	assert_string_equal(spec.path, "/dev/sda");
	assert_string_equal(spec.file, "/dir/hib.img");
	assert_passes(target_parse("dev:ID=" ID ":/f", &spec, why), why);
	assert_true(spec.has_id);
	assert_string_equal(spec.file, "/f");
	for (size_t i = 0; i < COUNT(odd); i++) {
		snprintf(text, sizeof text, "dev:%s", odd[i]);
		assert_refused(target_parse(text, &spec, why), why,
			       "target %.60s" DEV_WANTED, text);
	}
	snprintf(text, sizeof text, "dev:/dev/sda:/%0*d", TARGET_NAME - 11, 0);
	assert_passes(target_parse(text, &spec, why), why);
	strcat(text, "0");
	assert_refused(target_parse(text, &spec, why), why, "target %.64s" DEV_WANTED, text);
	assert_refused(target_parse("dev:/sda:/f", &spec, why), why,
		       "target dev:/sda: neither /dev/NAME nor ID=");
	target_place(&t, text);
	assert_string_equal(text, "dev:/dev/sdb1:/d/f");
	target_place_by_id(&t, spec.id, text);
	assert_string_equal(text, "dev:ID=00000000000000000000000000000000:/d/f");
}

/* It gets into command lines, session files and shell scripts. */
static void test_target_bytes(void **state)
{
	static const char good[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:=+-";
	char text[] = "part:/dev/a?b", longer[100] = "part:/dev/";
	struct target_spec spec;
	char why[WHY_SIZE];
	int passed = 0;

	(void)state;
	for (unsigned int byte = 1; byte < 256; byte++) {
		text[11] = byte;
		memset(&spec, 0xff, sizeof spec);
		if (byte == '/' || strchr(good, byte)) {
			assert_passes(target_parse(text, &spec, why), why);
			assert_string_equal(spec.path, text + 5);
			passed++;
			continue;
		}
		assert_refused(target_parse(text, &spec, why), why,
			       "target part:/dev/a: byte %#x at 6", byte);
		assert_string_equal(spec.path, "");
		assert_false(spec.has_id);
	}
	assert_int_equal(passed, 69);
	assert_refused(target_parse("part: ", &spec, why), why, "target part:: byte 0x20 at 0");
	assert_refused(target_parse("part:/dev/\xc3\xa9/..", &spec, why), why,
		       "target part:/dev/: byte 0xc3 at 5");
	memset(longer + 10, 'x', 89);	/* of what stands before the byte, the first 60 are shown */
	longer[5 + 93] = '%';
	assert_refused(target_parse(longer, &spec, why), why,
		       "target part:%.60s: byte 0x25 at 93", longer + 5);
}

static void test_target_too_long(void **state)
{
	char text[5 + TARGET_NAME + 1] = "part:/dev/";
	struct target_spec spec;
	char why[WHY_SIZE];

	(void)state;
	memset(text + 10, 'x', sizeof text - 11);
	assert_int_equal(strlen(text + 5), TARGET_NAME);
	assert_refused(target_parse(text, &spec, why), why,
		       "target part:%.40s...: 128 characters, at most 127", text + 5);
	text[20] = ' ';		/* its length is the first to be named */
	assert_refused(target_parse(text, &spec, why), why,
		       "target part:%.40s...: 128 characters, at most 127", text + 5);
	text[20] = 'x';
	text[sizeof text - 2] = 0;
	assert_passes(target_parse(text, &spec, why), why);
	assert_string_equal(spec.path, text + 5);
}

int target_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_id_refuses),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_target_refuses),
		cmocka_unit_test(test_target_dev),
		cmocka_unit_test(test_target_bytes),
		cmocka_unit_test(test_target_too_long),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
