// SPDX-License-Identifier: GPL-2.0-only
/* sample.c - sound images of a machine with 2 MiB of RAM, and their checksums */
#include <stdlib.h>
#include <string.h>

#include "../../image/chunk.h"
#include "../../image/codec.h"
#include "../../image/head.h"
#include "../../image/ram.h"
#include "../../image/page.h"
#include "../../image/tail.h"
#include "fuzz.h"

static const struct ram_range ram[] = { { 0x1000, 0x5000 }, { 0x100000, 0x250000 } };
static const struct ram_range low = { 0x1000, 0x5000 }, window = { 0x110000, 0x118000 };

struct builder {
	uint8_t *image;
	size_t used;
	struct chunk_entry entries[8];
	uint32_t n;
	uint64_t pages[CHUNK_FREE + 1];
};

/* A kernel of which sample 4 has a chunk as it is: VMCOREINFO, page tables, kexec's list. */
static void kernel_word(uint8_t *pages, unsigned int page, unsigned int i, uint64_t value)
{
	memcpy(pages + page * IMAGE_BLOCK + i * 8, &value, sizeof value);
}

static void kernel_pages(uint8_t *pages)
{
	static const char info[] =
		"OSRELEASE=6.12.0-fuzz\nPAGESIZE=4096\nSYMBOL(_stext)=ffffffff81000000\n"
		"SYMBOL(init_top_pgt)=ffffffff80f23000\nNUMBER(phys_base)=-14680064\n"
		"NUMBER(pgtable_l5_enabled)=0\nKERNELOFFSET=0\nNUMBER(sme_mask)=0\n";

	memset(pages, 0, 7 * IMAGE_BLOCK);
	kernel_word(pages, 0, 262, 0x121002);			/* page of the entry, 0x120 */
	kernel_word(pages, 1, 0, 0x110001);			/* list */
	kernel_word(pages, 1, 1, 0x130008);
	kernel_word(pages, 1, 2, 0x126008);
	kernel_word(pages, 1, 3, 4);
	memcpy(pages + 2 * IMAGE_BLOCK, info, sizeof info - 1);
	kernel_word(pages, 3, 511, 0x124063);			/* top */
	kernel_word(pages, 3, 273, 0x111063);			/* 0x126, by the list */
	kernel_word(pages, 4, 510, 0x125063);
	kernel_word(pages, 5, 8, 0x2000e3);			/* the kernel's image */
	kernel_word(pages, 6, 3, 0xe3);				/* the direct map */
}

static void put(struct builder *b, enum chunk_kind kind, enum codec_id id, uint64_t pfn,
		uint32_t count)
{
	static uint8_t data[IMAGE_CHUNK_PAGES * IMAGE_BLOCK];	/* of data chunks */
	const struct codec *codec = codec_by_id(id);
	struct chunk_head chunk;
	ssize_t packed = 0;
	void *work = malloc(codec->work(3) + 16);

	must(work);
	chunk_start(&chunk, kind);
	for (uint32_t i = 0; i < count; i++) {
		must(chunk_add(&chunk, pfn + i, 1));
		/* A full chunk is all the same, lest an input take long. */
		for (uint32_t j = 0; kind == CHUNK_DATA && j < IMAGE_BLOCK; j++)
			data[i * IMAGE_BLOCK + j] =
				count < IMAGE_CHUNK_PAGES ? (pfn + i) * 31 + j * j % 251 : 7;
	}
	if (pfn == 0x120 && kind == CHUNK_DATA)
		kernel_pages(data);
	if (kind == CHUNK_DATA)
		packed = codec->pack(work, 3, b->image + b->used + IMAGE_BLOCK, count * IMAGE_BLOCK,
				     data, count * IMAGE_BLOCK);
	must(packed >= 0);
	chunk_seal_data(&chunk, id, b->image + b->used + IMAGE_BLOCK, packed);
	chunk_number(&chunk, b->n);
	memcpy(b->image + b->used, &chunk, sizeof chunk);
	b->entries[b->n++] = (struct chunk_entry){ b->used, chunk.sum };
	b->used += IMAGE_BLOCK + chunk_payload_size(packed);
	b->pages[kind] += count;
	free(work);
}

static struct image_head sample_head(void)
{
	return (struct image_head){
		.state = IMAGE_ARMED,
		.target_id = "the target's id",
		.session = "session's id 16",
		.time = 1700000000,
		.arch = IMAGE_X86_64,
		.entry = 0x120450,
		.window.start = window.start, .window.end = window.end,
		.low.start = low.start, .low.end = low.end,
		.mailbox = 0x121000,
		.ram_digest = ram_digest(ram, 2),
		.ram_bytes = ram_bytes(ram, 2),
		.cpu = { .vendor = "GenuineIntel", .signature = 0x000906ea, .paging_levels = 4 },
		.chunk_pages = IMAGE_CHUNK_PAGES,
		.release = "6.12.0-fuzz",
	};
}

static size_t finish(struct builder *b, enum codec_id codec)
{
	static const char log[] = "one line\n";
	struct image_head head = sample_head();
	struct tail_view view = tail_make(b->image + b->used, b->n, 2, 1, sizeof log - 1);

	head.codec = codec;
	memcpy(view.chunks, b->entries, b->n * sizeof *b->entries);
	memcpy(view.ram, ram, sizeof ram);
	view.guards[0] = (struct image_guard){
		.name = "/dev/vda", .type = GUARD_XFS, .size = 1 << 20, .digest = 1
	};
	memcpy(view.log, log, sizeof log - 1);
	memcpy(view.tail->session, head.session, sizeof head.session);
	view.tail->swapped_pages = ram_pages(&low, 1) + ram_pages(&window, 1);
	view.tail->saved_pages = b->pages[CHUNK_DATA];
	view.tail->zero_pages = b->pages[CHUNK_ZERO];
	view.tail->free_pages = b->pages[CHUNK_FREE];
	view.tail->ram_pages = ram_pages(ram, 2);
	head.tail_offset = b->used;
	head.tail_length = tail_size(b->n, 2, 1, sizeof log - 1);
	head.tail_sum = sum64(view.tail, head.tail_length);
	head_seal(&head);
	memcpy(b->image, &head, sizeof head);
	return b->used + head.tail_length;
}

size_t sample_image(unsigned int which, uint8_t image[SAMPLE_BYTES])
{
	struct builder b = { .image = image, .used = IMAGE_BLOCK };

	memset(image, 0, SAMPLE_BYTES);
	if (which == 0) {		/* every kind */
		put(&b, CHUNK_DATA, CODEC_LZ4, 0x100, 4);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x104, 8);
		put(&b, CHUNK_DATA, CODEC_LZ4, 0x118, 6);
		put(&b, CHUNK_DATA, CODEC_NONE, 0x10c, 2);
		put(&b, CHUNK_FREE, CODEC_NONE, 0x11e, 16);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x12e, 2);
		put(&b, CHUNK_DATA, CODEC_LZ4, 0x10e, 2);
	} else if (which == 1) {	/* large packed chunks and no others */
		put(&b, CHUNK_DATA, CODEC_ZSTD, 0x118, 24);
		put(&b, CHUNK_DATA, CODEC_ZSTD, 0x100, 16);
	} else if (which == 2) {	/* full ones */
		put(&b, CHUNK_DATA, CODEC_LZ4, 0x130, 256);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x230, 32);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x100, 16);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x118, 24);
		return finish(&b, CODEC_LZ4);
	} else if (which == 4) {	/* a kernel's memory, stored as it is */
		put(&b, CHUNK_DATA, CODEC_NONE, 0x120, 7);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x100, 16);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x118, 8);
		put(&b, CHUNK_FREE, CODEC_NONE, 0x127, 9);
	} else {			/* little */
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x100, 16);
		put(&b, CHUNK_ZERO, CODEC_NONE, 0x118, 24);
	}
	put(&b, CHUNK_ZERO, CODEC_NONE, 0x130, 288);
	return finish(&b, which == 1 ? CODEC_ZSTD : CODEC_LZ4);
}

static void reseal_chunk(uint8_t *image, size_t size, struct chunk_entry *entry)
{
	struct chunk_head chunk;
	uint64_t at = entry->offset;
	size_t payload;

	if (at > size || size - at < sizeof chunk)
		return;
	memcpy(&chunk, image + at, sizeof chunk);
	payload = chunk_payload_size(chunk.packed);
	if (payload && payload <= size - at - sizeof chunk)
		chunk.data_sum = sum64(image + at + sizeof chunk, payload);
	chunk.sum = 0;
	chunk.sum = sum64(&chunk, sizeof chunk);
	memcpy(image + at, &chunk, sizeof chunk);
	entry->sum = chunk.sum;
}

/* The tail, which is where the head says and reaches to the end at most. */
static void reseal_tail(uint8_t *image, size_t size, struct image_head *head)
{
	uint8_t *at = image + head->tail_offset;
	struct image_tail tail;
	struct chunk_entry entry;
	uint8_t *entries = at + sizeof tail;
	uint64_t n;

	memcpy(&tail, at, sizeof tail);
	n = (head->tail_length - sizeof tail) / sizeof entry;
	if (n > tail.nchunks)
		n = tail.nchunks;
	for (uint64_t i = 0; i < n; i++) {
		memcpy(&entry, entries + i * sizeof entry, sizeof entry);
		reseal_chunk(image, size, &entry);
		memcpy(entries + i * sizeof entry, &entry, sizeof entry);
	}
	head->tail_sum = sum64(at, head->tail_length);
}

void reseal(uint8_t *image, size_t size)
{
	struct image_head head;

	if (size < sizeof head)
		return;
	memcpy(&head, image, sizeof head);
	if (head.tail_offset <= size && head.tail_length <= size - head.tail_offset &&
	    head.tail_length >= sizeof(struct image_tail))
		reseal_tail(image, size, &head);
	head.sum = sum64(&head, offsetof(struct image_head, sum));
	memcpy(image, &head, sizeof head);
}
