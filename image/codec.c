// SPDX-License-Identifier: GPL-2.0-only
/*
 * codec.c - the codecs: none, LZ4 blocks by upstream's lib/lz4.c, and zstd frames, one for
 * each chunk, by upstream's lib/
 */
#define ZSTD_STATIC_LINKING_ONLY	/* for contexts in memory of the caller */
#include <lz4.h>
#include <string.h>
#include <zstd.h>

#include "codec.h"
#include "format.h"
#include "refuse.h"

#define ZSTD_MAX_LEVEL 6

static size_t no_work(int level)
{
	(void)level;
	return 0;
}

static size_t no_unpack_work(void)
{
	return 0;
}

static ssize_t none_unpack(void *work, void *dst, size_t cap, const void *src, size_t len)
{
	(void)work;
	if (len > cap)
		return -1;
	memcpy(dst, src, len);
	return len;
}

static ssize_t none_pack(void *work, int level, void *dst, size_t cap, const void *src, size_t len)
{
	(void)level;
	return none_unpack(work, dst, cap, src, len);
}

/* 16,416 bytes: the hash table. */
static size_t lz4_work(int level)
{
	(void)level;
	return LZ4_sizeofState();
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

/*
 * What zstd takes for a source of one chunk.  With 1.5.4 that makes, in bytes
 * of work():
 *	1  582,552	3  1,303,448	5, 6  3,662,744
 *	2  779,160	4  2,614,168	unpack_work(): 95,976
 * Level 7 would need 6.8 MB and level 9 13.1 MB, and on a source as short as
 * a chunk they gain nothing: docs/hacking.md.
 */
static ZSTD_compressionParameters zstd_parameters(int level)
{
	if (level < 1)
		level = 1;
	if (level > ZSTD_MAX_LEVEL)
		level = ZSTD_MAX_LEVEL;
	return ZSTD_getCParams(level, IMAGE_CHUNK_DATA, 0);
}

static size_t zstd_work(int level)
{
	return ZSTD_estimateCCtxSize_usingCParams(zstd_parameters(level));
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
	    ZSTD_isError(ZSTD_CCtx_setCParams(ctx, zstd_parameters(level))))
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

/* By names alone, so that a program which only reads heads gets no codec linked in. */
const char *codec_name(uint32_t id)
{
	static const char *const names[] = { "none", "lz4", "zstd" };

	return id < sizeof names / sizeof *names ? names[id] : NULL;
}

static const struct codec codecs[] = {
	{
		.name = "none", .id = CODEC_NONE, .work = no_work, .unpack_work = no_unpack_work,
		.pack = none_pack, .unpack = none_unpack,
	}, {
		.name = "lz4", .id = CODEC_LZ4, .work = lz4_work, .unpack_work = no_unpack_work,
		.pack = lz4_pack, .unpack = lz4_unpack,
	}, {
		.name = "zstd", .id = CODEC_ZSTD, .work = zstd_work,
		.unpack_work = zstd_unpack_work, .pack = zstd_pack, .unpack = zstd_unpack,
		.min_level = 1, .max_level = ZSTD_MAX_LEVEL, .default_level = 3,
	},
};

#define NCODECS (sizeof codecs / sizeof *codecs)

const struct codec *codec_by_id(uint32_t id)
{
	for (size_t i = 0; i < NCODECS; i++)
		if (codecs[i].id == id)
			return &codecs[i];
	return NULL;
}

/* One or two digits, no sign, no zero in front.  -1 if it is something else. */
static int level_parse(const char *text)
{
	int level = 0;

	if (*text < '1' || *text > '9' || strlen(text) > 2)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		level = level * 10 + *text - '0';
	}
	return level;
}

int codec_parse(const char *text, const struct codec **codec, int *level, char *why)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	const struct codec *found = NULL;
	int n;

	for (size_t i = 0; i < NCODECS; i++)
		if (strlen(codecs[i].name) == len && !memcmp(codecs[i].name, text, len))
			found = &codecs[i];
	if (!found)
		return refuse(why, "codec %.40s: not built in", text);
	n = found->default_level;
	if (colon && !found->max_level)
		return refuse(why, "codec %.40s: %s has no levels", text, found->name);
	if (colon) {
		n = level_parse(colon + 1);
		if (n < found->min_level || n > found->max_level)
			return refuse(why, "codec %.40s: %s has levels %d to %d", text, found->name,
				      found->min_level, found->max_level);
	}
	*codec = found;
	*level = n;
	return 0;
}

size_t codec_unpack_work(uint32_t id)
{
	const struct codec *codec = codec_by_id(id);

	return codec ? codec->unpack_work() : 0;
}
