// SPDX-License-Identifier: GPL-2.0-only
/* cover.c - count the pages of the RAM map as they come */
#include <stdbool.h>
#include <string.h>

#include "cover.h"
#include "ram.h"
#include "refuse.h"

size_t cover_size(const struct ram_range *ram, size_t nram)
{
	return (ram_pages(ram, nram) + 7) / 8;
}

static uint64_t first_pfn(const struct ram_range *r)
{
	return r->start / IMAGE_BLOCK + (r->start % IMAGE_BLOCK != 0);
}

/* Place of a page in bits[].  False if it is no page of the map. */
static bool place(const struct cover *cover, uint64_t pfn, uint64_t *bit)
{
	uint64_t before = 0;

	for (size_t i = 0; i < cover->nram; i++) {
		const struct ram_range *r = &cover->ram[i];

		if (ram_holds(r, 1, pfn, 1)) {
			*bit = before + pfn - first_pfn(r);
			return true;
		}
		before += ram_pages(r, 1);
	}
	return false;
}

static bool meet(struct cover *cover, uint64_t bit)
{
	uint8_t *byte = &cover->bits[bit / 8], mask = 1u << bit % 8;

	if (*byte & mask)
		return false;
	*byte |= mask;
	cover->left--;
	return true;
}

/* The map bounds the work: met is the head's, and may be as large as the address space. */
static void meet_range(struct cover *cover, const struct ram_range *met)
{
	uint64_t before = 0;

	for (size_t i = 0; i < cover->nram; i++) {
		const struct ram_range *r = &cover->ram[i];
		uint64_t first = first_pfn(r), pages = ram_pages(r, 1);
		uint64_t pfn = met->start / IMAGE_BLOCK, end = met->end / IMAGE_BLOCK;

		for (pfn = pfn > first ? pfn : first; pfn < end && pfn - first < pages; pfn++)
			meet(cover, before + pfn - first);
		before += pages;
	}
}

void cover_start(struct cover *cover, const struct ram_range *ram, size_t nram, uint8_t *bits,
		 const struct ram_range *met, size_t nmet)
{
	*cover = (struct cover){ ram, nram, bits, ram_pages(ram, nram) };
	memset(bits, 0, cover_size(ram, nram));
	for (size_t i = 0; i < nmet; i++)
		meet_range(cover, &met[i]);
}

int cover_chunk(struct cover *cover, const struct chunk_head *chunk, char *why)
{
	uint64_t bit;

	for (size_t i = 0; i < chunk->nruns; i++) {
		const struct image_run *run = &chunk->runs[i];

		/* A run lies in one range, so its bits follow each other. */
		if (!place(cover, run->pfn, &bit))
			return refuse(why, "chunk %llu: pfn %#llx is not in the RAM map",
				      (unsigned long long)chunk->index, (unsigned long long)run->pfn);
		for (uint32_t j = 0; j < run->count; j++)
			if (!meet(cover, bit + j))
				return refuse(why, "chunk %llu: pfn %#llx came before, or is not the image's",
					      (unsigned long long)chunk->index,
					      (unsigned long long)run->pfn + j);
	}
	return 0;
}

int cover_end(const struct cover *cover, char *why)
{
	if (cover->left)
		return refuse(why, "image: %llu pages of the RAM map of %llu are in no chunk",
			      (unsigned long long)cover->left,
			      (unsigned long long)ram_pages(cover->ram, cover->nram));
	return 0;
}
