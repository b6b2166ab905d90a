// SPDX-License-Identifier: GPL-2.0-only
/* cover.c - count the pages of the RAM map as they come */
#include "cover.h"
#include "refuse.h"

size_t cover_size(const struct ram_range *ram, size_t nram)
{
	return pagebits_most(ram, nram);
}

void cover_start(struct cover *cover, const struct ram_range *ram, size_t nram, void *memory,
		 const struct ram_range *met, size_t nmet)
{
	pagebits_start(&cover->met, ram, nram, memory, cover_size(ram, nram));
	for (size_t i = 0; i < nmet; i++)
		pagebits_fill(&cover->met, met[i], true);
}

static int refuse_run(const struct cover *cover, uint64_t index, const struct image_run *run,
		      char *why)
{
	for (uint32_t i = 0; i < run->count; i++)
		if (pagebits_has(&cover->met, run->pfn + i))
			return refuse(why, "chunk %llu: pfn %#llx came before, "
				      "or is not the image's", (ull)index, (ull)run->pfn + i);
	return refuse(why, "chunk %llu: pfn %#llx is not in the RAM map", (ull)index,
		      (ull)run->pfn);
}

int cover_chunk(struct cover *cover, const struct chunk_head *chunk, char *why)
{
	for (size_t i = 0; i < chunk->nruns; i++) {
		const struct image_run *run = &chunk->runs[i];

		if (pagebits_add(&cover->met, run->pfn, run->count) != PAGEBITS_SET)
			return refuse_run(cover, chunk->index, run, why);
	}
	return 0;
}

int cover_end(const struct cover *cover, char *why)
{
	if (cover->met.set != cover->met.all)
		return refuse(why, "image: %llu pages of the RAM map of %llu are in no chunk",
			      (ull)(cover->met.all - cover->met.set), (ull)cover->met.all);
	return 0;
}
