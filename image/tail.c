// SPDX-License-Identifier: GPL-2.0-only
/* tail.c - make and check the tail of an image */
#include <stdbool.h>
#include <string.h>

#include "page.h"
#include "ram.h"
#include "refuse.h"
#include "tail.h"

uint64_t tail_size(uint32_t nchunks, uint32_t nram, uint32_t nguards, uint32_t log_bytes)
{
	uint64_t size = sizeof(struct image_tail) + nchunks * (uint64_t)sizeof(struct chunk_entry) +
			nram * (uint64_t)sizeof(struct ram_range) +
			nguards * (uint64_t)sizeof(struct image_guard) + log_bytes;

	return (size + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
}

static struct tail_view tail_parts(struct image_tail *tail)
{
	struct tail_view view = { .tail = tail };

	view.chunks = (struct chunk_entry *)(tail + 1);
	view.ram = (struct ram_range *)(view.chunks + tail->nchunks);
	view.guards = (struct image_guard *)(view.ram + tail->nram);
	view.log = (char *)(view.guards + tail->nguards);
	return view;
}

struct tail_view tail_make(void *buf, uint32_t nchunks, uint32_t nram, uint32_t nguards,
			   uint32_t log_bytes)
{
	struct image_tail *tail = buf;
	uint64_t size = tail_size(nchunks, nram, nguards, log_bytes);

	memset(buf, 0, size);
	tail->magic = IMAGE_TAIL_MAGIC;
	tail->length = size;
	tail->nchunks = nchunks;
	tail->nram = nram;
	tail->nguards = nguards;
	tail->log_bytes = log_bytes;
	return tail_parts(tail);
}

int tail_check_counts(const struct image_tail *t, char *why)
{
	const uint64_t classes[] = { t->swapped_pages, t->saved_pages, t->zero_pages,
				    t->free_pages };
	uint64_t left = t->ram_pages;
	size_t i = 0;

	/* Stops at the first one that is more than what is left: the sum might wrap. */
	while (i < sizeof classes / sizeof *classes && classes[i] <= left)
		left -= classes[i++];
	if (i == sizeof classes / sizeof *classes && !left)
		return 0;
	return refuse(why, "pages: RAM map has %llu, "
		      "swapped %llu + saved %llu + zero %llu + free %llu differ",
		      (ull)t->ram_pages, (ull)t->swapped_pages, (ull)t->saved_pages,
		      (ull)t->zero_pages, (ull)t->free_pages);
}

static int entries_check(const struct tail_view *view, const struct image_head *head, char *why)
{
	uint64_t next = IMAGE_BLOCK, first = head->tail_offset;

	/* Each chunk reaches to what follows it (read_chunk()), the head to the first: no gaps. */
	if (view->tail->nchunks)
		first = view->chunks[0].offset;
	if (first != IMAGE_BLOCK)
		return refuse(why, "tail: after the head comes byte %llu, expected %u",
			      (ull)first, IMAGE_BLOCK);
	for (uint32_t i = 0; i < view->tail->nchunks; i++) {
		uint64_t offset = view->chunks[i].offset;

		if (offset < next || offset % IMAGE_BLOCK || offset >= head->tail_offset)
			return refuse(why, "tail: chunk %u at %llu, expected from %llu to %llu",
				      i, (ull)offset, (ull)next, (ull)head->tail_offset);
		next = offset + IMAGE_BLOCK;
	}
	return 0;
}

static int ram_check(const struct tail_view *view, const struct image_head *head, char *why)
{
	const struct image_tail *tail = view->tail;
	struct ram_range sorted[IMAGE_MAX_RAM];
	int n;

	memcpy(sorted, view->ram, tail->nram * sizeof *sorted);
	n = ram_normalize(sorted, tail->nram, why);
	if (n < 0)
		return -1;
	if ((uint32_t)n != tail->nram || memcmp(sorted, view->ram, n * sizeof *sorted))
		return refuse(why, "tail: %u RAM ranges, %d once sorted and joined", tail->nram, n);
	if (n && sorted[n - 1].end / IMAGE_BLOCK > IMAGE_MAX_PFN)
		return refuse(why, "tail: RAM ends at %#llx", (ull)sorted[n - 1].end);
	if (!ram_holds(view->ram, n, head->entry / IMAGE_BLOCK, 1))
		return refuse(why, "jump back entry %#llx is not in the %d RAM ranges",
			      (ull)head->entry, n);
	if (ram_pages(view->ram, n) != tail->ram_pages)
		return refuse(why, "tail: %llu pages, its RAM map has %llu",
			      (ull)tail->ram_pages, (ull)ram_pages(view->ram, n));
	return 0;
}

/* The counts are hostile: none is used before all were compared with their limits. */
static int size_check(const struct image_tail *t, char *why)
{
	uint64_t size;

	if (t->nchunks > IMAGE_MAX_CHUNKS || t->nram > IMAGE_MAX_RAM ||
	    t->nguards > IMAGE_MAX_GUARDS || t->log_bytes > IMAGE_MAX_LOG)
		return refuse(why, "tail: %u chunks, %u RAM ranges, %u guards, "
			      "%u bytes of log; at most %u, %u, %u, %u",
			      t->nchunks, t->nram, t->nguards, t->log_bytes,
			      IMAGE_MAX_CHUNKS, IMAGE_MAX_RAM, IMAGE_MAX_GUARDS, IMAGE_MAX_LOG);
	size = tail_size(t->nchunks, t->nram, t->nguards, t->log_bytes);
	if (t->length != size)
		return refuse(why, "tail: %llu bytes; "
			      "%u chunks, %u RAM ranges, %u guards, %u bytes of log take %llu",
			      (ull)t->length, t->nchunks, t->nram, t->nguards, t->log_bytes,
			      (ull)size);
	return 0;
}

static int guard_check(const struct image_guard *g, uint32_t i, char *why)
{
	static const uint8_t none[sizeof g->pad];
	bool filled = memcmp(g->pad, none, sizeof none);
	char what[32];

	snprintf(what, sizeof what, "guard %u: name", i);
	if (text_check(what, g->name, sizeof g->name, why) < 0)
		return -1;
	if (strncmp(g->name, "/dev/", 5) || !g->name[5])
		return refuse(why, "guard %u: name %.60s, expected /dev/NAME", i, g->name);
	if (g->type < GUARD_OTHER || g->type > GUARD_SWAP)
		return refuse(why, "guard %u: type %u, known are %u to %u", i, g->type,
			      GUARD_OTHER, GUARD_SWAP);
	if (g->flags & ~GUARD_REMOVABLE || filled)
		return refuse(why, "guard %u: flags are %#x, and its filling is%s zero", i,
			      g->flags, filled ? " not" : "");
	if (!g->size)
		return refuse(why, "guard %u: %.60s has 0 bytes", i, g->name);
	return 0;
}

int tail_check(void *buf, const struct image_head *head, struct tail_view *view, char *why)
{
	struct image_tail *tail = buf;

	if (sum64(buf, head->tail_length) != head->tail_sum)
		return refuse(why, "tail: checksum is %016llx, the head has %016llx",
			      (ull)sum64(buf, head->tail_length), (ull)head->tail_sum);
	if (tail->magic != IMAGE_TAIL_MAGIC)
		return refuse(why, "tail: magic is %#llx, a tail has %#llx",
			      (ull)tail->magic, (ull)IMAGE_TAIL_MAGIC);
	if (memcmp(tail->session, head->session, sizeof tail->session))
		return refuse(why, "tail: session %02x%02x..., the head has %02x%02x...",
			      tail->session[0], tail->session[1],
			      head->session[0], head->session[1]);
	if (tail->length != head->tail_length)
		return refuse(why, "tail: %llu bytes, the head says %llu",
			      (ull)tail->length, (ull)head->tail_length);
	if (size_check(tail, why) < 0)
		return -1;
	*view = tail_parts(tail);
	if (entries_check(view, head, why) < 0 || ram_check(view, head, why) < 0)
		return -1;
	for (uint32_t i = 0; i < tail->nguards; i++)
		if (guard_check(&view->guards[i], i, why) < 0)
			return -1;
	return tail_check_counts(tail, why);
}
