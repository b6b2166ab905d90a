// SPDX-License-Identifier: GPL-2.0-only
/* codec-zstd.c - zstd frames, one for each chunk, by upstream's lib/ */
#define ZSTD_STATIC_LINKING_ONLY	/* for contexts in memory of the caller */
#include <zstd.h>

#include "codec.h"
#include "format.h"

#define MAX_LEVEL 6

/*
 * What zstd takes for a source of one chunk.  With 1.5.4 that makes, in bytes
 * of work():
 *	1  582,552	3  1,303,448	5, 6  3,662,744
 *	2  779,160	4  2,614,168	unpack_work(): 95,976
 * Level 7 would need 6.8 MB and level 9 13.1 MB, and on a source as short as
 * a chunk they gain nothing: docs/hacking.md.
 */
static ZSTD_compressionParameters parameters(int level)
{
	if (level < 1)
		level = 1;
	if (level > MAX_LEVEL)
		level = MAX_LEVEL;
	return ZSTD_getCParams(level, IMAGE_CHUNK_DATA, 0);
}

static size_t zstd_work(int level)
{
	return ZSTD_estimateCCtxSize_usingCParams(parameters(level));
}

static size_t zstd_unpack_work(void)
{
	return ZSTD_estimateDCtxSize();
}

static ssize_t zstd_pack(void *work, int level, void *dst, size_t cap, const void *src, size_t len)
{
	ZSTD_CCtx *ctx = ZSTD_initStaticCCtx(work, zstd_work(level));
	size_t n;

	/* By default a frame has its content's size and no checksum: the chunk has one. */
	if (!ctx || len > IMAGE_CHUNK_DATA ||
	    ZSTD_isError(ZSTD_CCtx_setCParams(ctx, parameters(level))))
		return -1;
	n = ZSTD_compress2(ctx, dst, cap, src, len);
	return ZSTD_isError(n) ? -1 : (ssize_t)n;
}

static ssize_t zstd_unpack(void *work, void *dst, size_t cap, const void *src, size_t len)
{
	ZSTD_DCtx *ctx = ZSTD_initStaticDCtx(work, zstd_unpack_work());
	size_t n;

	if (!ctx)
		return -1;
	n = ZSTD_decompressDCtx(ctx, dst, cap, src, len);
	return ZSTD_isError(n) ? -1 : (ssize_t)n;
}

const struct codec codec_zstd = {
	.name = "zstd", .id = CODEC_ZSTD,
	.min_level = 1, .max_level = MAX_LEVEL, .default_level = 3,
	.work = zstd_work, .unpack_work = zstd_unpack_work, .pack = zstd_pack,
	.unpack = zstd_unpack,
};
