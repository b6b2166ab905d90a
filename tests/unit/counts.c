// SPDX-License-Identifier: GPL-2.0-only
/* counts.c - the reader counts the pages of each kind, and the tail has to say the same */
#include <sys/mman.h>

#include "../../image/codec.h"
#include "../../image/page.h"
#include "fakes.h"

/* The image on the disk, to be changed in place; all its checksums are right after seal(). */
static uint8_t *map;
static struct tail_view view;

static int counts_begin(void **state)
{
	struct image_head *head;
	char why[WHY_SIZE];

	if (disk_begin(state) < 0)
		return -1;
	save_all();
	map = mmap(NULL, DISK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, disk.fd, 0);
	if (map == MAP_FAILED)
		return -1;
	head = (struct image_head *)map;
	return tail_check(map + head->tail_offset, head, &view, why);
}

static int counts_end(void **state)
{
	munmap(map, DISK_BYTES);
	return disk_end(state);
}

static void seal(void)
{
	struct image_head *head = (struct image_head *)map;

	head->tail_sum = sum64(view.tail, head->tail_length);
	head_seal(head);
}

static int walk_image(bool restore, bool *damaged)
{
	struct image img;
	int ret;

	assert_int_equal(open_image(&img, false), 0);	/* the tail alone passes */
	ret = restore ? image_restore(&img) : image_verify(&img);
	*damaged = img.verdict == SET_ASIDE;
	image_close(&img);
	return ret;
}

static void assert_counts_refused(const char *kind, uint64_t said, uint64_t found)
{
	bool damaged;

	for (int restore = 0; restore < 2; restore++) {
		assert_fails(walk_image(restore, &damaged),
			     "disk: tail: %llu %s pages, the chunks have %llu",
			     (ull)said, kind, (ull)found);
		assert_true(damaged);
	}
}

static void assert_counts_pass(void)
{
	bool damaged;

	for (int restore = 0; restore < 2; restore++) {
		assert_int_equal(walk_image(restore, &damaged), 0);
		assert_false(damaged);
	}
}

/* A page is counted as one of another kind; the first kind that differs is named. */
static void test_one_page_off(void **state)
{
	static const char *const kinds[] = { "swapped", "saved", "zero", "free" };
	uint64_t *const counts[] = { &view.tail->swapped_pages, &view.tail->saved_pages,
				     &view.tail->zero_pages, &view.tail->free_pages };
	int refused = 0;

	(void)state;
	assert_counts_pass();
	for (size_t more = 0; more < COUNT(counts); more++)
		for (size_t less = 0; less < COUNT(counts); less++) {
			/* What the jump exchanges is in no chunk: the other kind is named. */
			size_t first = more && (!less || more < less) ? more : less;
			uint64_t found = *counts[first];

			if (more == less || !*counts[less])
				continue;
			++*counts[more];
			--*counts[less];
			seal();
			assert_counts_refused(kinds[first], *counts[first], found);
			--*counts[more];
			++*counts[less];
			refused++;
		}
	assert_int_equal(refused, 9);	/* of 12: there are no free pages to be one less */
	seal();
	assert_counts_pass();
}

/* As the writer may make them one day: make the first zero chunk a free one. */
static struct chunk_head *free_a_chunk(void)
{
	for (uint32_t i = 0; i < view.tail->nchunks; i++) {
		struct chunk_head *chunk = (struct chunk_head *)(map + view.chunks[i].offset);

		if (chunk->kind != CHUNK_ZERO)
			continue;
		chunk->kind = CHUNK_FREE;
		seal_chunk(chunk, i, CODEC_NONE, NULL, 0);
		view.chunks[i].sum = chunk->sum;
		return chunk;
	}
	fail_msg("no zero chunk");
	return NULL;
}

static void test_free_chunk(void **state)
{
	struct image_tail *tail = view.tail;
	const struct chunk_head *chunk = free_a_chunk();
	uint64_t zero = tail->zero_pages, freed = chunk->npages;

	(void)state;
	assert_in_range(freed, 1, zero - 1);
	seal();
	assert_counts_refused("zero", zero, zero - freed);
	tail->zero_pages -= freed;
	tail->free_pages += freed - 1;
	tail->swapped_pages++;
	seal();
	assert_counts_refused("free", freed - 1, freed);
	tail->free_pages++;
	tail->swapped_pages--;
	seal();
	memset(fake_memory, 0xcc, MEMORY_BYTES);
	assert_counts_pass();
	for (uint32_t r = 0; r < chunk->nruns; r++)	/* they stay as they were */
		for (uint64_t i = 0; i < chunk->runs[r].count; i++)
			assert_int_equal(fake_memory[(chunk->runs[r].pfn + i) * IMAGE_BLOCK], 0xcc);
	assert_memory_equal(fake_memory + 0x1000 * IMAGE_BLOCK,
			    sleeping_memory + 0x1000 * IMAGE_BLOCK, IMAGE_BLOCK);
}

int counts_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_page_off, counts_begin, counts_end),
		cmocka_unit_test_setup_teardown(test_free_chunk, counts_begin, counts_end),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
