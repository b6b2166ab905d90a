// SPDX-License-Identifier: GPL-2.0-only
/* samples.c - a head, a machine, chunks that are in order, for the tests to break */
#include "../../image/codec.h"
#include "../../image/head.h"
#include "../../image/ram.h"
#include "unit.h"

const struct ram_range sample_ram[SAMPLE_RANGES] = {
	{ 0x1000, 0x9f000 }, { 0x100000, 0x800000 }, { 0x1000000, 0x1400000 },
};

const struct image_guard sample_guards[SAMPLE_GUARDS] = {
	{ "/dev/vda2", GUARD_EXT, 0, "its file system", 1 << 30, 0x1234567890abcdef, { 0 } },
	{ "/dev/disk-1.a", GUARD_OTHER, 0, "", 512, 0, { 0 } },
};

static const struct image_cpu sample_cpu = {
	.vendor = "GenuineIntel",
	.signature = 0x000906ea,
	.features = { 1, 2, 4, 8, 16, 32, 64, 128, 256 },
	.paging_levels = 4,
};

struct image_head sample_head(enum image_state state)
{
	struct image_head head = {
		.state = state,
		.target_id = "the target's id",
		.session = "session's id 16",
		.time = 1700000000,
		.arch = IMAGE_X86_64,
		.entry = 0x1234560,
		.window_start = 0x200000, .window_end = 0x400000,
		.low_start = 0x1000, .low_end = 0x9f000,
		.mailbox = 0x1100000,
		.cookie = "the cookie is 16",
		.ram_digest = ram_digest(sample_ram, SAMPLE_RANGES),
		.ram_bytes = ram_bytes(sample_ram, SAMPLE_RANGES),
		.cpu = sample_cpu,
		.chunk_pages = IMAGE_CHUNK_PAGES,
		.codec = CODEC_NONE,
		.tail_offset = 0x100000,
		.tail_length = 0x2000,
		.release = "6.12.0-unit",
	};

	head_seal(&head);
	return head;
}

struct machine sample_machine(void)
{
	return (struct machine){
		.arch = IMAGE_X86_64,
		.cpu = sample_cpu,
		.ram_digest = ram_digest(sample_ram, SAMPLE_RANGES),
		.ram_bytes = ram_bytes(sample_ram, SAMPLE_RANGES),
		.window_start = 0x200000, .window_end = 0x400000,
		.low_start = 0x1000, .low_end = 0x9f000,
	};
}

void sample_page(uint64_t pfn, uint8_t page[IMAGE_BLOCK])
{
	for (size_t i = 0; i < IMAGE_BLOCK; i++)
		page[i] = pfn * 31 + i % 251 + 1;
	page[0] = 1;
	memcpy(page + 8, &pfn, sizeof pfn);
}

struct chunk_head sample_chunk(enum chunk_kind kind, uint64_t index, uint64_t pfn, uint32_t count,
			       uint8_t *payload)
{
	struct chunk_head chunk;

	chunk_start(&chunk, kind);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(chunk_add(&chunk, pfn + i));
		if (payload)
			sample_page(pfn + i, payload + i * IMAGE_BLOCK);
	}
	seal_chunk(&chunk, index, CODEC_NONE, payload, payload ? count * IMAGE_BLOCK : 0);
	return chunk;
}

void seal_chunk(struct chunk_head *chunk, uint64_t index, uint32_t codec, void *payload,
		uint32_t packed)
{
	chunk_seal_data(chunk, codec, payload, packed);
	chunk_number(chunk, index);
}

void *copy_of(const void *data, size_t len)
{
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, data, len);
	return copy;
}

static uint64_t random_state;

void random_start(uint64_t seed)
{
	random_state = seed;
}

/* SplitMix64, by Sebastiano Vigna. */
uint64_t random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t random_below(uint64_t limit)
{
	return random_next() % limit;
}
