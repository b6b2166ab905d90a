// SPDX-License-Identifier: GPL-2.0-only
/* swap.c - an image in slots of a swap area, in a file that mkswap made */
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../../base/file.h"
#include "../../hooks/carry-out.h"
#include "../../image/slots.h"
#include "fakes.h"

#define PAGES	4096u
#define SLOTS	900u		/* each other one: three blocks of the table */
#define OTHER	0x5a		/* a byte of what is not ours */

static char path[] = "/tmp/khib-swap-XXXXXX";
static struct target_spec spec;
static uint8_t block[2 * IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

static uint64_t slot(unsigned int i)
{
	return (uint64_t)(2 * i + 8) * IMAGE_BLOCK;
}

static void poke(uint64_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void peek(uint64_t at, void *bytes, size_t len)
{
	int fd = open(path, O_RDONLY);

	assert_int_equal(pread(fd, bytes, len, at), len);
	close(fd);
}

static enum swap_area area_now(void)
{
	peek(0, block, IMAGE_BLOCK);
	return swap_area(block);
}

static int swap_begin(void **state)
{
	char command[128];
	uint64_t slots[SLOTS];
	struct file f;
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	memset(block, OTHER, IMAGE_BLOCK);
	for (unsigned int i = 0; i < PAGES; i++)
		if (write(fd, block, IMAGE_BLOCK) != (ssize_t)IMAGE_BLOCK)
			return -1;
	close(fd);
	snprintf(command, sizeof command, "PATH=$PATH:/usr/sbin:/sbin mkswap %s > /dev/null", path);
	if (system(command))
		return -1;
	spec = (struct target_spec){ .kind = &target_swap, .id = "the slots' own", .made = true };
	strcpy(spec.path, path);
	for (unsigned int i = 0; i < SLOTS; i++)
		slots[i] = slot(i);
	if (file_open(path, true, &f) < 0 || slots_write(&f, &spec, slots, SLOTS) < 0)
		return -1;
	file_close(&f);
	return 0;
}

static int swap_end(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static struct target opened(bool made)
{
	struct target t;

	spec.made = made;
	assert_int_equal(target_find(&spec, true, 0, &t), 0);
	return t;
}

static void assert_not_found(const char *text)
{
	struct target t;
	char wanted[WHY_SIZE];

	snprintf(wanted, sizeof wanted, "%s: %s", path, text);
	assert_int_equal(target_find(&spec, true, 0, &t), -1);
	assert_last_failure(wanted);
}

/* What is written at an offset of the image comes back, and no other byte of the area changes. */
static void test_transfer(void **state)
{
	struct target t = opened(true);
	uint8_t out[5 * IMAGE_BLOCK], in[sizeof out];
	struct iovec iov[2] = { { out, 2 * IMAGE_BLOCK }, { out + 2 * IMAGE_BLOCK,
							     3 * IMAGE_BLOCK } };

	(void)state;
	/* Three blocks, and the fourth that more pieces would have needed. */
	assert_int_equal(t.size, (SLOTS - 4) * IMAGE_BLOCK);
	for (size_t i = 0; i < sizeof out; i++)
		out[i] = i / 7;
	assert_int_equal(target_writev(&t, iov, 2, 100 * IMAGE_BLOCK), 0);
	assert_int_equal(target_read(&t, in, sizeof in, 100 * IMAGE_BLOCK), 0);
	assert_memory_equal(in, out, sizeof in);
	peek(slot(104), in, IMAGE_BLOCK);	/* the first four have the table */
	assert_memory_equal(in, out, IMAGE_BLOCK);
	for (unsigned int i = 1; i < PAGES; i++) {
		bool ours = i >= 8 && i % 2 == 0 && i < 2 * SLOTS + 8;

		peek((uint64_t)i * IMAGE_BLOCK, block, IMAGE_BLOCK);
		if (!ours)
			assert_true(block[0] == OTHER &&
				    !memcmp(block, block + 1, IMAGE_BLOCK - 1));
	}
	assert_fails(target_read(&t, in, sizeof in, t.size - IMAGE_BLOCK),
		     "%s: its slots have %llu bytes, %u more were wanted", path,
		     (unsigned long long)t.size, 4 * IMAGE_BLOCK);
	target_close(&t);
}

/* Armed is what head and signature say together. */
static void test_signature(void **state)
{
	struct image_head head = sample_head(IMAGE_WRITING), now;
	static const char swap[] = "SWAPSPACE2";
	struct target t = opened(true);

	(void)state;
	assert_int_equal(target_write_head(&t, &head), 0);
	assert_int_equal(area_now(), AREA_SWAP);
	head.state = IMAGE_ARMED;
	assert_int_equal(target_write_head(&t, &head), 0);
	assert_int_equal(area_now(), AREA_ARMED);
	assert_memory_equal(block + SWAP_SIGNATURE, "ULSUSPEND", 10);
	target_close(&t);

	t = opened(false);
	assert_int_equal(target_read_head(&t, &now), 0);
	assert_int_equal(now.state, IMAGE_ARMED);
	target_close(&t);

	/* swapon(8) of a boot that does not know of us. */
	poke(SWAP_SIGNATURE, swap, 10);
	t = opened(false);
	assert_int_equal(target_read_head(&t, &now), 0);
	assert_false(head_has_magic(&now));
	target_close(&t);

	/* C, which has it in memory, marks it as used: the area is one to swap to. */
	poke(SWAP_SIGNATURE, "ULSUSPEND", 10);
	t = opened(false);
	assert_int_equal(target_read_head(&t, &now), 0);
	now.state = IMAGE_USED;
	assert_int_equal(target_write_head(&t, &now), 0);
	assert_int_equal(area_now(), AREA_SWAP);
	target_close(&t);
	t = opened(false);
	assert_int_equal(target_read_head(&t, &now), 0);
	assert_int_equal(now.state, IMAGE_USED);
	target_close(&t);
}

/* An area without slots, and one whose slots have been swapped to, hold no image. */
static void test_no_slots(void **state)
{
	struct image_head head;
	struct target t;

	(void)state;
	/* The head alone; then the table, too: B is told of slots, and refuses. */
	memset(block, OTHER, IMAGE_BLOCK);
	poke(slot(4), block, IMAGE_BLOCK);
	t = opened(false);
	assert_int_equal(target_read_head(&t, &head), 0);
	assert_false(head_has_magic(&head));
	target_close(&t);
	poke(slot(1), block, IMAGE_BLOCK);
	spec.made = true;
	quiet = true;
	assert_not_found("table of slots: magic 0x5a5a5a5a5a5a5a5a");
	quiet = false;
	t = opened(false);
	assert_int_equal(target_read_head(&t, &head), 0);
	assert_false(head_has_magic(&head));
	target_close(&t);
	memset(block, 0, IMAGE_BLOCK);
	poke(SLOTS_PLACE, block, sizeof(struct slots_place));
	t = opened(false);
	assert_int_equal(t.size, 0);
	assert_int_equal(target_read_head(&t, &head), 0);
	assert_false(head_has_magic(&head));
	target_close(&t);
	/* It is found by its UUID, under another name as well. */
	spec.has_id = true;
	assert_int_equal(target_find(&spec, true, 0, &t), -1);
	assert_last_failure("no block device carries it");
	peek(SWAP_UUID, spec.id, sizeof spec.id);
	t = opened(false);
	assert_memory_equal(t.uuid, spec.id, sizeof t.uuid);
	target_close(&t);
}

static void test_refuses(void **state)
{
	struct slots_place place;
	struct slots_table table, sealed;
	char why[WHY_SIZE];
	uint32_t bad = 385;

	(void)state;
	quiet = true;
	/* Each byte of the table and of its place is checked. */
	peek(slot(0), &table, sizeof table);
	for (size_t i = 0; i < sizeof table; i += 61) {
		((uint8_t *)&table)[i] ^= 1;
		poke(slot(0), &table, sizeof table);
		assert_not_found("table of slots: ");
		((uint8_t *)&table)[i] ^= 1;
	}
	/* A table that leads back to itself. */
	table.next = slot(0);
	slots_table_seal(&table);
	poke(slot(0), &table, sizeof table);
	assert_not_found("table of slots: more than 32768 pieces");
	table.next = slot(0) + 1;
	slots_table_seal(&table);
	poke(slot(0), &table, sizeof table);
	assert_not_found("table of slots at 32769, the device has 16777216 bytes");
	table.next = 0;
	table.pieces[7] = (struct slots_piece){ UINT64_MAX - 4095, 8192 };
	sealed = table;
	slots_table_seal(&sealed);
	assert_refused(slots_table_check(&table, spec.id, PAGES * IMAGE_BLOCK, why), why,
		       "table of slots: checksum is %016llx, its contents have %016llx",
		       (unsigned long long)table.sum, (unsigned long long)sealed.sum);
	table = sealed;
	poke(slot(0), &table, sizeof table);
	assert_not_found("table of slots: 8192 bytes at 18446744073709547520, the device has");
	table.npieces = SLOTS_IN_BLOCK + 1;
	slots_table_seal(&table);
	poke(slot(0), &table, sizeof table);
	assert_not_found("table of slots: 254 pieces in a block, at most 253 fit");

	/* Bad pages are listed where the place would be. */
	peek(0, block, IMAGE_BLOCK);
	assert_true(slots_place_read(block, &place));
	memcpy(block + SWAP_BAD_COUNT, &bad, sizeof bad);
	assert_refused(slots_place_write(block, &place, why), why,
		       "swap area with 385 bad pages, at most 384 are known");
	memset(block, 0, IMAGE_BLOCK);
	poke(0, block, IMAGE_BLOCK);
	assert_not_found("is no swap area");
	spec.offset = PAGES * IMAGE_BLOCK;
	assert_not_found("16777216 bytes, a swap area at 16777216 was expected");
	quiet = false;
}

static void test_parse(void **state)
{
	static const char *const odd[] = { "@", "@x", "@1", "@-4096", "@4096x",
					   "@18446744073709547520" };
	static const char *const places[] = { "", "x", "/dev/vda2", "ID=00" };
	char why[WHY_SIZE], text[64];

	(void)state;
	assert_passes(target_parse("swap:/dev/vda2", &spec, why), why);
	assert_ptr_equal(spec.kind, &target_swap);
	assert_string_equal(spec.path, "/dev/vda2");
	assert_int_equal(spec.offset, 0);
	assert_passes(target_parse("swap:/dev/vda2@8192", &spec, why), why);
	assert_string_equal(spec.path, "/dev/vda2");
	assert_int_equal(spec.offset, 8192);
	for (size_t i = 0; i < COUNT(odd); i++) {
		snprintf(text, sizeof text, "swap:/dev/b%s", odd[i]);
		assert_refused(target_parse(text, &spec, why), why,
			       "target %s: behind @ stands no byte of the device", text);
	}
	assert_passes(target_parse("swap:/var/swap.img", &spec, why), why);
	assert_string_equal(spec.path, "/var/swap.img");
	assert_true(spec.in_file);
	assert_refused(target_parse("swap:/var/swap@4096", &spec, why), why,
		       "target swap:/var/swap@4096: a path of at most 127 characters, letters, "
		       "digits and /_.:=+-");
	assert_passes(target_parse("file:/var/hibernate.img", &spec, why), why);
	assert_ptr_equal(spec.kind, &target_file);
	assert_true(spec.in_file);
	assert_passes(target_parse("file:/dev/vda2@8192", &spec, why), why);
	assert_int_equal(spec.offset, 8192);
	for (size_t i = 0; i < COUNT(places); i++) {
		snprintf(text, sizeof text, "file:%s", places[i]);
		assert_refused(target_parse(text, &spec, why), why,
			       "target %s: neither the path of a file nor /dev/NAME@BYTE", text);
	}
}

int swap_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_transfer, swap_begin, swap_end),
		cmocka_unit_test_setup_teardown(test_signature, swap_begin, swap_end),
		cmocka_unit_test_setup_teardown(test_no_slots, swap_begin, swap_end),
		cmocka_unit_test_setup_teardown(test_refuses, swap_begin, swap_end),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
