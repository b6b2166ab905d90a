// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-image.c - an image from a hostile disk: opened, verified, restored
 *
 * An input says how a sound image is changed.  So it is short, and what it
 * changes means something:
 *	byte 0		sample (its lowest bits); HURT: the checksums stay as they were
 *	byte 1, 2	bytes cut from the end, little endian, in units of 16
 *	then patches	place, index, offset (2 bytes, little endian), n, n bytes
 * Unless HURT is set all checksums are made right afterwards, and the checks
 * behind them have to find what is wrong.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../image/head.h"
#include "../../image/ram.h"
#include "../../image/tail.h"
#include "../../image/refuse.h"
#include "../../restorer/restore.h"
#include "fuzz.h"

#define HURT 0x80u

enum place { ANYWHERE, HEAD, CHUNK, PAYLOAD, TAIL, ENTRY, RAM, PLACES };

static struct {
	uint8_t bytes[SAMPLE_BYTES];
	size_t size;
} samples[SAMPLES];

static int disk_fd;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i].size = sample_image(i, samples[i].bytes);
	disk_fd = memfd_create("disk", MFD_CLOEXEC);
	must(disk_fd >= 0);
	return 0;
}

/* Where a patch goes, by what the sample has: an offset that the patches themselves moved is of no use. */
static size_t place_of(const uint8_t *sample, enum place place, unsigned int index, size_t offset)
{
	const struct image_head *head = (const void *)sample;
	const struct image_tail *tail = (const void *)(sample + head->tail_offset);
	const struct chunk_entry *entries = (const void *)(tail + 1);

	switch (place) {
	case HEAD:
		return offset % IMAGE_BLOCK;
	case CHUNK:
		return entries[index % tail->nchunks].offset + offset % IMAGE_BLOCK;
	case PAYLOAD:
		return entries[index % tail->nchunks].offset + IMAGE_BLOCK + offset;
	case TAIL:
		return head->tail_offset + offset % IMAGE_BLOCK;
	case ENTRY:
		return head->tail_offset + IMAGE_BLOCK + index % tail->nchunks * sizeof *entries + offset % 16;
	case RAM:
		return head->tail_offset + IMAGE_BLOCK + tail->nchunks * sizeof *entries + offset % 64;
	default:
		return index * IMAGE_BLOCK + offset;
	}
}

/* The image that the input stands for, on the heap; NULL: none. */
static uint8_t *build(const uint8_t *data, size_t len, size_t *size)
{
	const uint8_t *sample;
	uint8_t *image;
	size_t cut;

	if (len < 3)
		return NULL;
	sample = samples[(data[0] & ~HURT) % SAMPLES].bytes;
	*size = samples[(data[0] & ~HURT) % SAMPLES].size;
	cut = 16 * (data[1] | (size_t)data[2] << 8);
	image = malloc(*size);
	must(image);
	memcpy(image, sample, *size);
	for (size_t i = 3; len - i > 5; ) {
		size_t n = data[i + 4], left = len - i - 5;
		size_t at = place_of(sample, data[i] % PLACES, data[i + 1], data[i + 2] | (size_t)data[i + 3] << 8);

		if (n > left)
			n = left;
		for (size_t j = 0; j < n && at + j < *size; j++)
			image[at + j] = data[i + 5 + j];
		i += 5 + n;
	}
	*size -= cut < *size ? cut : *size;
	if (!(data[0] & HURT))
		reseal(image, *size);
	return image;
}

static void check_machine(const struct image_head *head)
{
	static const struct machine here = { .arch = IMAGE_X86_64, .cpu = { .vendor = "GenuineIntel" } };
	char why[WHY_SIZE];

	if (head_check(head, why) < 0)
		return;
	must(memchr(head->release, 0, sizeof head->release) && memchr(head->reason, 0, sizeof head->reason));
	if (head_fits_machine(head, &here, why) < 0 || head_fits_kernel(head, &here, why) < 0)
		must(memchr(why, 0, sizeof why));
}

/* The disk belongs to the image from here on, and is closed with it. */
static int opened(struct image *img, size_t size, enum image_purpose purpose)
{
	struct target t = { .fd = dup(disk_fd), .name = "disk", .size = size };

	must(t.fd >= 0);
	return image_open(img, &t, purpose);
}

/* Invariants M1 and M2: each page comes once, none that the jump exchanges, as many as the tail says. */
static void check_written(const struct image *img)
{
	const struct image_head *head = &img->head;
	uint64_t pages = 0;

	for (uint64_t pfn = 0; pfn < FAKE_PAGES; pfn++) {
		uint64_t at = pfn * IMAGE_BLOCK;

		must(oldmem_written[pfn] <= 1);
		if (oldmem_written[pfn])
			must(ram_holds(img->tail.ram, img->tail.tail->nram, pfn, 1) &&
			     (at < head->window_start || at >= head->window_end) &&
			     (at < head->low_start || at >= head->low_end));
		pages += oldmem_written[pfn];
	}
	must(pages == img->tail.tail->saved_pages + img->tail.tail->zero_pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct image img;
	size_t size = 0;
	uint8_t *image = build(data, len, &size);
	int verified = -1;

	if (!image)
		return 0;
	must(!ftruncate(disk_fd, size) && pwrite(disk_fd, image, size, 0) == (ssize_t)size);
	if (size >= sizeof(struct image_head))
		check_machine((struct image_head *)image);
	if (!opened(&img, size, IMAGE_LOOK))
		verified = image_verify(&img);
	image_close(&img);
	if (!opened(&img, size, IMAGE_RESUME)) {
		/* What one accepts the other does, unless the image is for a larger machine. */
		if (image_restore(&img) < 0) {
			must(verified || oldmem_refused);
		} else {
			must(!verified);
			check_written(&img);
		}
	}
	image_close(&img);
	free(image);
	return 0;
}
