// SPDX-License-Identifier: GPL-2.0-only
/* resume.c - the order of a resume, and what becomes of an image whose resume failed */
#include <sys/mman.h>
#include <unistd.h>

#include "../../base/guard.h"
#include "../../base/jump.h"
#include "../../base/machine.h"
#include "../../restorer/restore.h"
#include "fakes.h"

static struct machine here;
static int machine_status, jump_status;
static uint64_t loaded, left; /* the addresses that jump_load() and jump_entry_write() got */

int __wrap_machine_read(struct machine *m);

/* The linker puts this in place of the real one: see unit.mk. */
int __wrap_machine_read(struct machine *m)
{
	*m = here;
	return machine_status < 0 ? (fail)("no machine") : 0;
}

int jump_load(uint64_t entry)
{
	loaded = entry;
	return jump_status < 0 ? (fail)("no jump") : 0;
}

int jump_entry_write(uint64_t entry)
{
	left = entry;
	return 0;
}

/* An armed image with one guard, or with none if its type is 0. */
static void save_guarded(struct image_guard g)
{
	struct writer_facts facts = sample_facts;
	struct writer w;

	facts.guards = &g;
	facts.nguards = g.type != 0;
	assert_int_equal(write_pages(&w), 0);
	assert_int_equal(writer_finish(&w, &facts), 0);
	assert_int_equal(writer_arm(&w), 0);
	writer_end(&w);
}

static int begin(void **state)
{
	if (disk_begin(state) < 0)
		return -1;
	here = sample_machine();
	machine_status = jump_status = 0;
	fake_memfree_kib = 0;
	loaded = left = 0;
	save_guarded((struct image_guard){ 0 });
	return 0;
}

static void open_for(struct image *img, enum image_purpose purpose)
{
	struct target t = disk_copy();

	assert_int_equal(image_open(img, &t, purpose), 0);
}

/* A resume that fails, and the state and attempts that the image on the disk then has. */
static void assert_fails_to(enum image_purpose purpose, enum resumed end, const char *text,
			    enum image_state state, uint32_t attempts)
{
	struct image_head head;
	struct image img;

	open_for(&img, purpose);
	quiet = true;
	forget_failure();
	assert_int_equal(resume(&img, true), end);
	image_resume_failed(&img);
	quiet = false;
	image_close(&img);
	assert_last_failure(text);
	assert_int_equal(target_read_head(&disk, &head), 0);
	assert_int_equal(head.state, state);
	assert_int_equal(head.attempts, attempts);
	if (state == IMAGE_FAILED && !strstr(head.reason, text))
		fail_msg("'%s' is not in the reason '%s'", text, head.reason);
}

static void test_ready(void **state)
{
	struct image img;

	(void)state;
	open_for(&img, IMAGE_RESUME);
	assert_int_equal(resume(&img, true), RESUME_READY);
	assert_int_equal(loaded, 0x1234560);
	assert_int_equal(left, 0);
	assert_int_equal(img.head.attempts, 1);
	assert_memory_equal(fake_memory + 0x1000 * IMAGE_BLOCK,
			    sleeping_memory + 0x1000 * IMAGE_BLOCK, IMAGE_BLOCK);
	image_close(&img);
	assert_not_opened("disk: image is used: it was resumed before");
}

static void test_not_loaded(void **state)
{
	struct image img;

	(void)state;
	open_for(&img, IMAGE_RESUME);
	assert_int_equal(resume(&img, false), RESUME_READY);
	assert_int_equal(left, 0x1234560);
	assert_int_equal(loaded, 0);
	image_close(&img);
}

/* Nothing is written to memory, and the attempt is not counted. */
static void test_other_machine(void **state)
{
	(void)state;
	machine_status = -1;
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "no machine", IMAGE_ARMED, 0);
	machine_status = 0;
	here.ram_digest ^= 1;
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "disk: RAM map: image has ", IMAGE_FAILED, 0);
	assert_int_equal(fake_memory[0x1000 * IMAGE_BLOCK], 0xcc);
}

/*
 * A boot entry started the wrong kernel, or one before its microcode; the boot script has the
 * right one.
 */
static void test_other_kernel(void **state)
{
	(void)state;
	here.cpu.features[4] = 0;
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "disk: CPU features 7:edx: ", IMAGE_ARMED, 0);
	here = sample_machine();
	here.window.end += IMAGE_BLOCK;
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "disk: window: ", IMAGE_ARMED, 0);
	here = sample_machine();
	here.cpu.features[4] = 0;
	assert_fails_to(IMAGE_RESUME_COUNTED, RESUME_REFUSED, "disk: CPU features 7:edx: ",
			IMAGE_FAILED, 0);
	assert_int_equal(fake_memory[0x1000 * IMAGE_BLOCK], 0xcc);
}

/* Of LZ4: 2 MiB for the kernel, 1 MiB of pages, two buffers of 1028 KiB, 256 KiB of the cover. */
static void test_no_memory(void **state)
{
	enum { LEAST = 2048 + 1024 + 2 * 1028 + 256 };
	const struct ram_range terabyte[] = { { 0, 1ull << 40 } };
	char why[WHY_SIZE];

	(void)state;
	fake_memfree_kib = 2048;
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "disk: window: to restore the image takes ",
			IMAGE_ARMED, 0);
	fake_memfree_kib = 0;
	assert_passes(restore_fits(CODEC_LZ4, sample_ram, SAMPLE_RANGES, 0, 0, LEAST, why), why);
	assert_refused(restore_fits(CODEC_LZ4, sample_ram, SAMPLE_RANGES, 0, 0, LEAST - 1, why),
		       why, "window: to restore the image takes %u KiB at least, %u are free",
		       LEAST, LEAST - 1);
	assert_refused(restore_fits(CODEC_LZ4, sample_ram, SAMPLE_RANGES, 0, 4096, LEAST, why), why,
		       "window: to restore the image takes %u KiB at least, %u are free",
		       LEAST + 4, LEAST);
	/* docs/limits.md: all of 1 TiB in chunks of 1 MiB, a quarter of its blocks mixed. */
	assert_passes(restore_fits(CODEC_LZ4, terabyte, 1, 1 << 17, 16 << 20,
				   LEAST + (2 + 8 + 16) * 1024, why),
		      why);
	assert_int_equal(restore_fits(CODEC_LZ4, terabyte, 1, 1 << 17, 16 << 20,
				      LEAST + (2 + 8 + 16) * 1024 - 1, why), -1);
}

static void test_written_device(void **state)
{
	int fd = memfd_create("device", 0);
	struct image_guard g;
	char name[32];

	(void)state;
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	assert_int_equal(guard_read(name, &g, true), 0);
	write_state(IMAGE_USED, 1);
	save_guarded(g);
	assert_int_equal(pwrite(fd, "x", 1, 70000), 1);
	assert_fails_to(IMAGE_RESUME, RESUME_REFUSED, "was written since", IMAGE_FAILED, 0);
	close(fd);
	assert_int_equal(fake_memory[0x1000 * IMAGE_BLOCK], 0xcc);
}

/* Behind the point of no return: a damaged image is set aside, another one at its last attempt. */
static void test_broken(void **state)
{
	(void)state;
	jump_status = -1;
	assert_fails_to(IMAGE_RESUME, RESUME_BROKEN, "no jump", IMAGE_RESUMING, 1);
	assert_fails_to(IMAGE_RESUME_COUNTED, RESUME_BROKEN, "no jump", IMAGE_RESUMING, 1);
	assert_fails_to(IMAGE_RESUME, RESUME_BROKEN, "no jump", IMAGE_FAILED, 2);
}

static void test_damaged(void **state)
{
	uint8_t byte;

	(void)state;
	assert_int_equal(pread(disk.fd, &byte, 1, 3 * IMAGE_BLOCK), 1);
	byte ^= 1;
	assert_int_equal(pwrite(disk.fd, &byte, 1, 3 * IMAGE_BLOCK), 1);
	assert_fails_to(IMAGE_RESUME, RESUME_BROKEN, "disk: chunk 0: checksum of its data",
			IMAGE_FAILED, 1);
	assert_int_equal(loaded, 0);
}

/* The jump came back, twice: as often as a resume is tried. */
static void test_jump_failed(void **state)
{
	const enum image_state wanted[] = { IMAGE_RESUMING, IMAGE_FAILED };
	struct image img;

	(void)state;
	for (uint32_t i = 0; i < COUNT(wanted); i++) {
		open_for(&img, IMAGE_RESUME);
		assert_int_equal(resume(&img, true), RESUME_READY);
		(fail)("jump: busy");
		assert_int_equal(image_jump_failed(&img), 0);
		image_resume_failed(&img);
		image_close(&img);
		assert_int_equal(target_read_head(&disk, &img.head), 0);
		assert_int_equal(img.head.state, wanted[i]);
		assert_int_equal(img.head.attempts, i + 1);
	}
	assert_string_equal(img.head.reason, "jump: busy");
}

/* What cannot be resumed is left as it is, whatever the verdict. */
static void test_left_alone(void **state)
{
	struct image img = { .verdict = SET_ASIDE };
	struct image_head before, after;

	(void)state;
	img.target = disk_copy();
	write_state(IMAGE_USED, 1);
	assert_int_equal(target_read_head(&disk, &before), 0);
	img.head = before;
	image_resume_failed(&img);
	img.head.state = IMAGE_ARMED;		/* and then its checksum is wrong */
	image_resume_failed(&img);
	image_close(&img);
	assert_int_equal(target_read_head(&disk, &after), 0);
	assert_memory_equal(&before, &after, sizeof after);
}

int resume_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ready, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_not_loaded, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_other_machine, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_other_kernel, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_no_memory, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_written_device, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_broken, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_damaged, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_jump_failed, begin, disk_end),
		cmocka_unit_test_setup_teardown(test_left_alone, begin, disk_end),
	};

	return cmocka_run_group_tests_name("resume", tests, NULL, NULL);
}
