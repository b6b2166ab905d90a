// SPDX-License-Identifier: GPL-2.0-only
/*
 * garbage.c - random input with checksums that are right
 *
 * A checking function may accept or refuse it, but nothing is read past its
 * end, and what is accepted keeps what its header promises.  Fixed seeds.
 */
#include <elf.h>

#include "../../image/chunk.h"
#include "../../image/codec.h"
#include "../../image/ram.h"
#include "../../image/page.h"
#include "../../linux/elfcore.h"
#include "unit.h"

#define ROUNDS 5000

/* A number as one would choose who wants a check to wrap. */
static uint64_t edge(void)
{
	static const uint64_t bases[] = {
		0, 0x100, 0x1000, 0x9f000, 0x200000, 1ull << 31, 1ull << 32, 1ull << 40, 1ull << 51,
		1ull << 52, 1ull << 63,
	};

	switch (random_below(4)) {
	case 0:
		return bases[random_below(COUNT(bases))] + random_below(5) - 2;
	case 1:
		return bases[random_below(COUNT(bases))] + (random_below(5) - 2) * IMAGE_BLOCK;
	case 2:
		return random_below(16);
	default:
		return random_next() >> random_below(64);
	}
}

/* Overwrite some aligned words of a structure. */
static void scratch(void *p, size_t size, unsigned int most)
{
	for (unsigned int n = 1 + random_below(most); n; n--) {
		uint64_t value = edge();

		if (random_below(2))
			memcpy((uint8_t *)p + random_below(size / 8) * 8, &value, 8);
		else
			memcpy((uint8_t *)p + random_below(size / 4) * 4, &value, 4);
	}
}

/* The result is 0, or -1 and a line that ends. */
static bool accepted(int ret, const char *why)
{
	if (ret == 0)
		return true;
	assert_int_equal(ret, -1);
	assert_in_range(strlen(why), 10, WHY_SIZE - 1);
	return false;
}

static void test_heads(void **state)
{
	char why[WHY_SIZE];
	int good = 0;

	(void)state;
	random_start(10);
	for (int i = 0; i < 4 * ROUNDS; i++) {
		struct image_head h = sample_head(IMAGE_ARMED);

		scratch(&h, offsetof(struct image_head, release), 3);
		head_seal(&h);
		memset(why, 'x', sizeof why);
		if (!accepted(head_check(&h, why), why) || h.state != IMAGE_ARMED)
			continue;
		good++;
		assert_true(h.window.start < h.window.end && h.window.end <= 1ull << 52);
		assert_true(h.low.start < h.low.end && h.low.end <= 1ull << 52);
		assert_true(h.entry && h.entry < 1ull << 52 && h.mailbox < 1ull << 52);
		assert_true(h.tail_offset >= IMAGE_BLOCK && h.tail_length >= IMAGE_BLOCK);
		assert_true(h.tail_offset + h.tail_length > h.tail_offset);
		assert_false((h.tail_offset | h.tail_length) % IMAGE_BLOCK);
		assert_non_null(codec_by_id(h.codec));
	}
	assert_in_range(good, 100, 4 * ROUNDS - 100);	/* else this tests nothing */
}

/* A chunk of some runs that may be good, overlapping, or far out. */
static void scratch_chunk(struct chunk_head *c)
{
	c->nruns = random_below(8) ? random_below(6) : edge();
	c->npages = 0;
	for (uint32_t r = 0; r < 6; r++) {
		c->runs[r].pfn = random_below(8) ? 0x100 + random_below(0x700) : edge();
		c->runs[r].count = random_below(8) ? random_below(40) : edge();
		if (r < c->nruns)
			c->npages += c->runs[r].count;
	}
	if (!random_below(4))
		scratch(c, 48, 2);
	c->sum = 0;
	c->sum = sum64(c, sizeof *c);
}

static void test_chunks(void **state)
{
	size_t bytes = pagebits_most(sample_ram, SAMPLE_RANGES);
	uint8_t *bits = malloc(bytes);
	char why[WHY_SIZE];
	int good = 0;

	(void)state;
	random_start(11);
	for (int i = 0; i < 4 * ROUNDS; i++) {
		struct chunk_head c = sample_chunk(1 + i % 3, 0, 0x200, 1, NULL);
		struct pagebits cover;
		uint64_t pages = 0;

		c.packed = c.kind == CHUNK_DATA ? IMAGE_BLOCK : 0;
		scratch_chunk(&c);
		memset(why, 'x', sizeof why);
		if (!accepted(chunk_check(&c, 0, c.sum, sample_ram, SAMPLE_RANGES, why), why))
			continue;
		good++;
		for (uint32_t r = 0; r < c.nruns; r++) {
			const struct image_run *run = &c.runs[r];

			assert_true(ram_holds(sample_ram, SAMPLE_RANGES, run->pfn, run->count));
			pages += run->count;
		}
		assert_int_equal(pages, c.npages);
		assert_in_range(chunk_payload_size(c.packed), 0, IMAGE_CHUNK_PAGES * IMAGE_BLOCK);
		pagebits_start(&cover, sample_ram, SAMPLE_RANGES, bits, bytes);
		if (accepted(cover_chunk(&cover, &c, why), why))
			assert_int_equal(cover.set, pages);
	}
	assert_in_range(good, 100, 4 * ROUNDS - 100);
	free(bits);
}

/* A tail of 4 chunks and 3 ranges that is in order, in buf. */
static void fill_tail(void *buf, struct image_head *head)
{
	struct tail_view v = tail_make(buf, 4, SAMPLE_RANGES, SAMPLE_GUARDS, 1000);

	for (uint64_t i = 0; i < 4; i++)
		v.chunks[i] = (struct chunk_entry){ IMAGE_BLOCK + i * 0x3000, i };
	memcpy(v.ram, sample_ram, sizeof sample_ram);
	memcpy(v.guards, sample_guards, sizeof sample_guards);
	memcpy(v.tail->session, head->session, 16);
	v.tail->ram_pages = v.tail->zero_pages = SAMPLE_PAGES;
}

static void test_tails(void **state)
{
	const size_t size = tail_size(4, SAMPLE_RANGES, SAMPLE_GUARDS, 1000);
	struct image_head head = sample_head(IMAGE_ARMED);
	struct image_tail *buf = malloc(size);	/* exactly: what is past it is seen */
	char why[WHY_SIZE];
	int good = 0;

	(void)state;
	random_start(12);
	head.tail_length = size;
	for (int i = 0; i < 4 * ROUNDS; i++) {
		struct tail_view v;

		fill_tail(buf, &head);
		scratch((uint8_t *)buf + 24, 80, 2);
		if (random_below(2))
			scratch(buf + 1,
				4 * sizeof *v.chunks + sizeof sample_ram + sizeof sample_guards, 2);
		head.tail_sum = sum64(buf, size);
		memset(why, 'x', sizeof why);
		if (!accepted(tail_check(buf, &head, &v, why), why))
			continue;
		good++;
		assert_true((uint8_t *)v.log + v.tail->log_bytes <= (uint8_t *)buf + size);
		for (uint32_t c = 0; c < v.tail->nchunks; c++)
			assert_true(v.chunks[c].offset < head.tail_offset);
		for (uint32_t g = 0; g < v.tail->nguards; g++)
			assert_true(v.guards[g].size && memchr(v.guards[g].name, 0, GUARD_NAME));
		assert_int_equal(ram_pages(v.ram, v.tail->nram), v.tail->ram_pages);
		assert_int_equal(v.tail->ram_pages, v.tail->swapped_pages + v.tail->saved_pages +
				 v.tail->zero_pages + v.tail->free_pages);
	}
	assert_in_range(good, 100, 4 * ROUNDS - 100);
	free(buf);
}

static void test_cores(void **state)
{
	enum { LOADS = 4 };
	const uint64_t size = 1ull << 41;
	struct core { Elf64_Ehdr eh; Elf64_Phdr ph[6]; } *c = malloc(sizeof *c);
	struct elf_load *loads = malloc(LOADS * sizeof *loads);
	char why[WHY_SIZE];
	int good = 0;

	(void)state;
	random_start(13);
	for (int i = 0; i < 4 * ROUNDS; i++) {
		int n;

		memset(c, 0, sizeof *c);
		c->eh = (Elf64_Ehdr){ .e_ident = ELFMAG "\2",
				      .e_type = ET_CORE,
				      .e_phoff = 64,
				      .e_phentsize = sizeof(Elf64_Phdr),
				      .e_phnum = random_below(7) };
		if (!random_below(8))
			scratch((uint8_t *)c + 16, 48, 1);
		for (size_t p = 0; p < COUNT(c->ph); p++)
			c->ph[p] = (Elf64_Phdr){ .p_type = random_below(4) ? PT_LOAD : PT_NOTE,
						 .p_offset = edge(), .p_paddr = edge(),
						 .p_filesz = edge() };
		memset(why, 'x', sizeof why);
		n = elf_loads(c, sizeof *c, size, loads, LOADS, why);
		if (n < 0 && !accepted(n, why))
			continue;
		good++;
		assert_in_range(n, 1, LOADS);
		for (int l = 0; l < n; l++) {
			assert_true(loads[l].pages > 0 && loads[l].pages <= size / IMAGE_BLOCK);
			assert_false(loads[l].offset % IMAGE_BLOCK);
			assert_true(loads[l].offset <= size - loads[l].pages * IMAGE_BLOCK);
			assert_true(loads[l].pfn + loads[l].pages <= IMAGE_MAX_PFN);
		}
	}
	assert_in_range(good, 100, 4 * ROUNDS - 100);
	free(c);
	free(loads);
}

int garbage_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_cores),
	};

	return cmocka_run_group_tests_name("garbage", tests, NULL, NULL);
}
