// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-codec.c - what the codecs make of hostile bytes, and that they give back what they got
 *
 * Input: a byte that chooses (0, 1: codec of a payload; 2, 3: of a round trip,
 * whose level stands above), two bytes for the room, the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "../../image/codec.h"
#include "../../image/format.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

static void unpack(const struct codec *codec, size_t cap, const uint8_t *data, size_t size)
{
	size_t work_size = codec_unpack_work(codec->id);
	void *work = block_take(work_size), *dst = block_take(cap);
	char *src = text_of(data, size);
	ssize_t n = codec->unpack(work, dst, cap, src, size);

	must(n >= -1 && n <= (ssize_t)cap);
	free(src);
	block_give(dst, cap);
	block_give(work, work_size);
}

static void trip(const struct codec *codec, int level, size_t cap, const uint8_t *data, size_t size)
{
	size_t work_size = codec->work(level);
	void *work = block_take(work_size), *dst = block_take(cap), *back = block_take(size);
	ssize_t n = codec->pack(work, level, dst, cap, data, size);

	must(n >= -1 && n <= (ssize_t)cap);
	block_give(work, work_size);
	work_size = codec_unpack_work(codec->id);
	work = block_take(work_size);
	if (n >= 0) {
		must(codec->unpack(work, back, size, dst, n) == (ssize_t)size);
		must(!size || !memcmp(back, data, size));
	}
	block_give(work, work_size);
	block_give(back, size);
	block_give(dst, cap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct codec *codec;
	size_t cap;

	if (size < 3)
		return 0;
	codec = codec_by_id(data[0] & 1 ? CODEC_ZSTD : CODEC_LZ4);
	cap = data[1] | (size_t)data[2] << 8;
	if (data[0] & 2)
		trip(codec, codec->max_level ? 1 + (data[0] >> 2) % codec->max_level : 0, cap,
		     data + 3, size - 3);
	else
		unpack(codec, cap, data + 3, size - 3);
	return 0;
}
