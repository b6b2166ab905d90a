// SPDX-License-Identifier: GPL-2.0-only
/* codec-lz4.c - LZ4 blocks, by upstream's lib/lz4.c */
#include <lz4.h>

#include "codec.h"

/* 16,416 bytes: the hash table. */
static size_t lz4_work(int level)
{
	(void)level;
	return LZ4_sizeofState();
}

static size_t lz4_unpack_work(void)
{
	return 0;
}

static ssize_t lz4_pack(void *work, int level, void *dst, size_t cap, const void *src, size_t len)
{
	int n;

	(void)level;
	if (cap > INT32_MAX)
		cap = INT32_MAX;
	if (len > LZ4_MAX_INPUT_SIZE)
		return -1;
	n = LZ4_compress_fast_extState(work, src, dst, len, cap, 1);
	return n > 0 ? n : -1;
}

static ssize_t lz4_unpack(void *work, void *dst, size_t cap, const void *src, size_t len)
{
	int n;

	(void)work;
	if (cap > INT32_MAX)
		cap = INT32_MAX;
	if (len > INT32_MAX)
		return -1;
	n = LZ4_decompress_safe(src, dst, len, cap);
	return n >= 0 ? n : -1;
}

const struct codec codec_lz4 = {
	.name = "lz4", .id = CODEC_LZ4,
	.work = lz4_work, .unpack_work = lz4_unpack_work, .pack = lz4_pack, .unpack = lz4_unpack,
};
