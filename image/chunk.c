// SPDX-License-Identifier: GPL-2.0-only
/* chunk.c - make and check chunks */
#include <string.h>

#include "chunk.h"
#include "codec.h"
#include "ram.h"
#include "page.h"
#include "refuse.h"

size_t chunk_payload_size(uint32_t packed)
{
	return ((size_t)packed + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
}

void chunk_start(struct chunk_head *chunk, enum chunk_kind kind)
{
	memset(chunk, 0, sizeof *chunk);
	chunk->magic = IMAGE_CHUNK_MAGIC;
	chunk->kind = kind;
}

uint64_t chunk_add_run(struct chunk_head *chunk, uint64_t pfn, uint64_t count)
{
	struct image_run *last = chunk->nruns ? &chunk->runs[chunk->nruns - 1] : NULL;
	bool joins = last && last->pfn + last->count == pfn && last->count < IMAGE_RUN_PAGES;
	uint64_t room = (chunk->kind == CHUNK_DATA ? IMAGE_CHUNK_PAGES : UINT32_MAX) -
			chunk->npages;
	uint64_t run_room = IMAGE_RUN_PAGES - (joins ? last->count : 0);

	if (room > run_room)
		room = run_room;
	if (count > room)
		count = room;
	if (!count || (!joins && chunk->nruns == CHUNK_RUNS))
		return 0;
	if (!joins) {
		last = &chunk->runs[chunk->nruns++];
		*last = (struct image_run){ .pfn = pfn };
	}
	last->count += count;
	chunk->npages += count;
	return count;
}

bool chunk_add(struct chunk_head *chunk, uint64_t pfn)
{
	return chunk_add_run(chunk, pfn, 1);
}

static uint64_t chunk_sum(const struct chunk_head *chunk)
{
	struct chunk_head copy = *chunk;

	copy.sum = 0;
	return sum64(&copy, sizeof copy);
}

void chunk_seal_data(struct chunk_head *chunk, uint32_t codec, void *payload, uint32_t packed)
{
	size_t size = chunk_payload_size(packed);

	if (packed < size)
		memset((char *)payload + packed, 0, size - packed);
	chunk->codec = codec;
	chunk->packed = packed;
	chunk->data_sum = size ? sum64(payload, size) : 0;
}

void chunk_number(struct chunk_head *chunk, uint64_t index)
{
	chunk->index = index;
	chunk->sum = chunk_sum(chunk);
}

static int sizes_check(const struct chunk_head *chunk, ull index, char *why)
{
	bool data = chunk->kind == CHUNK_DATA;

	if (chunk->kind < CHUNK_DATA || chunk->kind > CHUNK_FREE)
		return refuse(why, "chunk %llu: kind %u", index, chunk->kind);
	if (!chunk->nruns || chunk->nruns > CHUNK_RUNS)
		return refuse(why, "chunk %llu: %u runs, at most %zu fit",
			      index, chunk->nruns, CHUNK_RUNS);
	if (data && !codec_by_id(chunk->codec))
		return refuse(why, "chunk %llu: codec %u is not built in", index, chunk->codec);
	if (data && (chunk->npages > IMAGE_CHUNK_PAGES || !chunk->packed ||
		     chunk->packed > chunk->npages * IMAGE_BLOCK))
		return refuse(why, "chunk %llu: %u pages in %u bytes",
			      index, chunk->npages, chunk->packed);
	if (data && chunk->codec == CODEC_NONE && chunk->packed != chunk->npages * IMAGE_BLOCK)
		return refuse(why, "chunk %llu: %u pages in %u bytes, not packed",
			      index, chunk->npages, chunk->packed);
	if (!data && chunk->packed)
		return refuse(why, "chunk %llu: %u bytes of payload, its kind has none",
			      index, chunk->packed);
	return 0;
}

int chunk_check(const struct chunk_head *chunk, uint64_t index, uint64_t sum,
		const struct ram_range *ram, size_t nram, char *why)
{
	uint64_t pages = 0, found = chunk_sum(chunk);

	if (chunk->magic != IMAGE_CHUNK_MAGIC)
		return refuse(why, "chunk %llu: magic is %#x, a chunk has %#x",
			      (ull)index, chunk->magic, IMAGE_CHUNK_MAGIC);
	if (chunk->sum != found)
		return refuse(why, "chunk %llu: checksum of its head is %016llx, "
			      "its contents have %016llx",
			      (ull)index, (ull)chunk->sum, (ull)found);
	if (chunk->sum != sum)
		return refuse(why,
			      "chunk %llu: checksum of its head is %016llx, the tail has %016llx",
			      (ull)index, (ull)chunk->sum, (ull)sum);
	if (chunk->index != index)
		return refuse(why, "chunk %llu: calls itself %llu", (ull)index, (ull)chunk->index);
	if (sizes_check(chunk, index, why) < 0)
		return -1;
	for (size_t i = 0; i < chunk->nruns; i++) {
		const struct image_run *run = &chunk->runs[i];

		if (run->zero || run->count > IMAGE_RUN_PAGES ||
		    !ram_holds(ram, nram, run->pfn, run->count))
			return refuse(why,
				      "chunk %llu: %u pages from pfn %#llx are not in the RAM map",
				      (ull)index, run->count, (ull)run->pfn);
		pages += run->count;
	}
	if (pages != chunk->npages)
		return refuse(why, "chunk %llu: its runs have %llu pages, its head says %u",
			      (ull)index, (ull)pages, chunk->npages);
	return 0;
}

int chunk_check_payload(const struct chunk_head *chunk, const void *payload, char *why)
{
	uint64_t sum;

	if (!chunk->packed)
		return 0;
	sum = sum64(payload, chunk_payload_size(chunk->packed));
	if (sum != chunk->data_sum)
		return refuse(why,
			      "chunk %llu: checksum of its data is %016llx, its head has %016llx",
			      (ull)chunk->index, (ull)sum, (ull)chunk->data_sum);
	return 0;
}

static int refuse_run(const struct pagebits *cover, uint64_t index, const struct image_run *run,
		      char *why)
{
	for (uint32_t i = 0; i < run->count; i++)
		if (pagebits_has(cover, run->pfn + i))
			return refuse(why, "chunk %llu: pfn %#llx came before, "
				      "or is not the image's", (ull)index, (ull)run->pfn + i);
	return refuse(why, "chunk %llu: pfn %#llx is not in the RAM map", (ull)index,
		      (ull)run->pfn);
}

int cover_chunk(struct pagebits *cover, const struct chunk_head *chunk, char *why)
{
	for (size_t i = 0; i < chunk->nruns; i++) {
		const struct image_run *run = &chunk->runs[i];

		if (!pagebits_add(cover, run->pfn, run->count))
			return refuse_run(cover, chunk->index, run, why);
	}
	return 0;
}

int cover_end(const struct pagebits *cover, char *why)
{
	if (cover->set != cover->all)
		return refuse(why, "image: %llu pages of the RAM map of %llu are in no chunk",
			      (ull)(cover->all - cover->set), (ull)cover->all);
	return 0;
}
