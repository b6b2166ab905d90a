// SPDX-License-Identifier: GPL-2.0-only
/*
 * patched.c - sound images, changed as an input says
 *
 * So an input is short, and what it changes means something:
 *	byte 0		sample (its lowest bits); HURT: the checksums stay as they were
 *	byte 1, 2	bytes cut from the end, little endian, in units of 16
 *	then patches	place, index, offset (2 bytes, little endian), n, n bytes
 * Unless HURT is set all checksums are made right afterwards, and the checks
 * behind them have to find what is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "../../image/format.h"
#include "fuzz.h"

#define HURT 0x80u

enum place { ANYWHERE, HEAD, CHUNK, PAYLOAD, TAIL, ENTRY, RAM, PLACES };

static struct {
	uint8_t bytes[SAMPLE_BYTES];
	size_t size;
} samples[SAMPLES];

/*
 * Where a patch goes, by what the sample has: an offset that the patches themselves moved is of no
 * use.
 */
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
		return head->tail_offset + IMAGE_BLOCK + index % tail->nchunks * sizeof *entries +
		       offset % 16;
	case RAM:
		return head->tail_offset + IMAGE_BLOCK + tail->nchunks * sizeof *entries +
		       offset % 64;
	default:
		return index * IMAGE_BLOCK + offset;
	}
}

/* The image that the input stands for, on the heap; NULL: none. */
uint8_t *patched_image(const uint8_t *data, size_t len, size_t *size)
{
	const uint8_t *sample;
	uint8_t *image;
	size_t cut;

	if (len < 3)
		return NULL;
	for (unsigned int i = 0; i < SAMPLES && !samples[i].size; i++)
		samples[i].size = sample_image(i, samples[i].bytes);
	sample = samples[(data[0] & ~HURT) % SAMPLES].bytes;
	*size = samples[(data[0] & ~HURT) % SAMPLES].size;
	cut = 16 * (data[1] | (size_t)data[2] << 8);
	image = malloc(*size);
	must(image);
	memcpy(image, sample, *size);
	for (size_t i = 3; len - i > 5; ) {
		size_t n = data[i + 4], left = len - i - 5;
		size_t at = place_of(sample, data[i] % PLACES, data[i + 1],
				     data[i + 2] | (size_t)data[i + 3] << 8);

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
