// SPDX-License-Identifier: GPL-2.0-only
/*
 * fakes.c - a disk and a machine that are arrays, and no screen
 *
 * In place of base/oldmem.c and base/progress.c; the writer and the restorer
 * that use them are the real ones.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../base/io.h"
#include "../../base/oldmem.h"
#include "../../base/console.h"
#include "../../image/codec.h"
#include "../../image/ram.h"
#include "../../initramfs/pack.h"
#include "fakes.h"

struct target disk;
uint8_t *sleeping_memory, *fake_memory;
static int sleeping_fd;	/* a file that is sleeping_memory */
bool quiet;
int forks_left = INT_MAX;
unsigned int fake_memfree_kib;
enum codec_id fake_codec;
bool fake_cpus_all;

/*
 * The linker puts this in place of write(): see unit.mk.  What the sanitizers
 * and cmocka have to say does not come this way.
 */
ssize_t __real_write(int fd, const void *buf, size_t count);
ssize_t __wrap_write(int fd, const void *buf, size_t count);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
unsigned int __real_memfree_kib(void);
unsigned int __wrap_memfree_kib(void);

ssize_t __wrap_write(int fd, const void *buf, size_t count)
{
	return quiet && fd == 2 ? (ssize_t)count : __real_write(fd, buf, count);
}

pid_t __wrap_fork(void)
{
	if (!forks_left) {
		errno = EAGAIN;
		return -1;
	}
	forks_left--;
	return __real_fork();
}

unsigned int __wrap_memfree_kib(void)
{
	return fake_memfree_kib ? fake_memfree_kib : __real_memfree_kib();
}

int oldmem_open(struct oldmem *mem, const struct ram_range *ram, size_t nram)
{
	*mem = (struct oldmem){ .ram = ram, .nram = nram };
	return 0;
}

void oldmem_close(struct oldmem *mem)
{
	mem->fd = -1;
}

/* Three pages at a time, so that runs are cut as the real one cuts them at its pieces. */
uint8_t *oldmem_pages(struct oldmem *mem, uint64_t pfn, uint64_t *count)
{
	if (*count > 3)
		*count = 3;
	while (*count && !ram_holds(mem->ram, mem->nram, pfn, *count))
		--*count;
	if (!*count) {
		/* In brackets, for cmocka has a macro of that name. */
		(fail)("pfn %#llx may not be written", (unsigned long long)pfn);
		return NULL;
	}
	return fake_memory + pfn * IMAGE_BLOCK;
}

uint8_t *oldmem_run(struct oldmem *mem, uint64_t pfn, uint64_t count)
{
	return count <= 3 ? oldmem_pages(mem, pfn, &count) : NULL;
}

void progress_start(struct progress *p, const char *what, uint64_t total)
{
	(void)p, (void)what, (void)total;
}

void progress_show(struct progress *p, uint64_t done)
{
	(void)p, (void)done;
}

void progress_end(struct progress *p, uint64_t done)
{
	(void)p, (void)done;
}

/* Short and long runs, and enough pages of data and of zeroes for two chunks of each. */
static bool has_data(uint64_t pfn)
{
	return pfn % 8 == 0 || (pfn >= 0x500 && pfn < 0x510);
}

bool swapped(uint64_t pfn)
{
	return pfn < 0x9f || (pfn >= 0x200 && pfn < 0x400);
}

int disk_begin(void **state)
{
	struct image_head blank = { .state = IMAGE_EMPTY, .target_id = "the target's id" };

	(void)state;
	quiet = false;	/* a test may have failed before it was loud again */
	fake_memfree_kib = 0;
	fake_memfree_kib = 0;
	fake_codec = CODEC_NONE;
	fake_cpus_all = false;
	disk = (struct target){
		.kind = &target_part, .fd = memfd_create("disk", 0), .name = "disk",
		.size = DISK_BYTES,
	};
	if (disk.fd < 0 || ftruncate(disk.fd, DISK_BYTES) < 0 ||
	    target_write_head(&disk, &blank) < 0)
		return -1;
	sleeping_fd = memfd_create("memory", 0);
	if (sleeping_fd < 0 || ftruncate(sleeping_fd, MEMORY_BYTES) < 0)
		return -1;
	sleeping_memory =
		mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, sleeping_fd, 0);
	fake_memory = alloc_shared(MEMORY_BYTES);	/* it is worker processes that write it */
	memset(fake_memory, 0xcc, MEMORY_BYTES);
	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++)
		if (has_data(pfn))
			sample_page(pfn, sleeping_memory + pfn * IMAGE_BLOCK);
	return 0;
}

int disk_end(void **state)
{
	(void)state;
	quiet = false;
	close(disk.fd);
	close(sleeping_fd);
	free_pages(sleeping_memory, MEMORY_BYTES);
	free_pages(fake_memory, MEMORY_BYTES);
	return 0;
}

struct target disk_copy(void)
{
	struct target t = disk;

	t.fd = dup(disk.fd);
	return t;
}

/* What the jump does not exchange, as /proc/vmcore has it. */
static struct vmcore sleeping(void)
{
	struct vmcore vm = { .file = { .fd = sleeping_fd, .name = "memory" } };
	struct elf_load *last = NULL;

	for (uint64_t pfn = 0; pfn < TOP_PFN; pfn++) {
		if (!ram_holds(sample_ram, SAMPLE_RANGES, pfn, 1) || swapped(pfn))
			continue;
		if (!last || last->pfn + last->pages != pfn) {
			last = &vm.loads[vm.nloads++];
			last->pfn = pfn;
			last->offset = pfn * IMAGE_BLOCK;
		}
		last->pages++;
		vm.pages++;
	}
	return vm;
}

int write_pages(struct writer *w)
{
	static const struct pagebits none;

	return write_but_free(w, &none, FREE_LEAVE);
}

int write_but_free(struct writer *w, const struct pagebits *free, enum free_fill fill)
{
	struct image_head head = sample_head(IMAGE_WRITING);
	struct vmcore vm = sleeping();
	struct target t = disk_copy();
	const struct codec *codec = codec_by_id(fake_codec);
	cpu_set_t all, one;
	int ret;

	if (writer_begin(w, &t, SAMPLE_PAGES) < 0)
		return -1;
	memcpy(head.target_id, w->head.target_id, 16);
	w->head = head;
	w->head.codec = codec->id;
	w->head.free_fill = fill;
	if (fake_cpus_all)
		return pack_memory(w, &vm, free, codec, codec->default_level);
	/* One worker, so that the chunks come in the same order each time. */
	sched_getaffinity(0, sizeof all, &all);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof one, &one);
	ret = pack_memory(w, &vm, free, codec, codec->default_level);
	sched_setaffinity(0, sizeof all, &all);
	return ret;
}

const struct writer_facts sample_facts = {
	sample_ram, SAMPLE_RANGES, sample_guards, SAMPLE_GUARDS, SAMPLE_SWAPPED,
};

void save_all(void)
{
	struct writer w;

	assert_int_equal(write_pages(&w), 0);
	assert_int_equal(writer_finish(&w, &sample_facts), 0);
	assert_int_equal(writer_arm(&w), 0);
	writer_end(&w);
}

void write_state(enum image_state state, uint32_t attempts)
{
	struct image_head head;

	assert_int_equal(target_read_head(&disk, &head), 0);
	head.state = state;
	head.attempts = attempts;
	assert_int_equal(target_write_head(&disk, &head), 0);
}

int open_image(struct image *img, bool counted)
{
	struct target t = disk_copy();

	return image_open(img, &t, counted);
}

void forget_failure(void)
{
	(fail)("(none)");
}

void assert_last_failure(const char *text)
{
	if (!strstr(log_last_failure(), text))
		fail_msg("'%s' is not in '%s'", text, log_last_failure());
}

void assert_not_opened(const char *text)
{
	struct image img;

	assert_int_equal(open_image(&img, false), -1);
	assert_last_failure(text);
	image_close(&img);
}
