/* SPDX-License-Identifier: GPL-2.0-only */
/* codec.h - how the payload of a chunk is packed */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum codec_id { CODEC_NONE = 0, CODEC_LZ4, CODEC_ZSTD, CODEC_LAST = CODEC_ZSTD };

#define CODEC_MAX_LEVEL 22u	/* no codec has a higher one */

struct codec {
	const char *name;
	uint32_t id;
	int min_level, max_level, default_level;	/* all 0: it has none */
	size_t (*work)(int level);	/* bytes of scratch memory for pack() at this level */
	size_t (*unpack_work)(void);	/* bytes of scratch memory for unpack() */
	/*
	 * Both return the bytes written to dst, -1 if they do not fit or src, which may be
	 * anything, is damaged.  work: scratch memory, aligned to 16.  pack() takes a chunk's
	 * data at most.
	 */
	ssize_t (*pack)(void *work, int level, void *dst, size_t cap, const void *src, size_t len);
	ssize_t (*unpack)(void *work, void *dst, size_t cap, const void *src, size_t len);
};

const char *codec_name(uint32_t id);			/* NULL: not known; for who packs nothing */
const struct codec *codec_by_id(uint32_t id);		/* NULL: not built in */

/* "lz4", "zstd", "zstd:6" */
int codec_parse(const char *text, const struct codec **codec, int *level, char *why);

/* Bytes of scratch memory that unpack() of this codec needs, 0 if it is not built in. */
size_t codec_unpack_work(uint32_t id);

#endif
