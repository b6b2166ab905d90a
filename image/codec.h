/* SPDX-License-Identifier: GPL-2.0-only */
/* codec.h - how the payload of a chunk is packed */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum codec_id { CODEC_NONE = 0, CODEC_LZ4, CODEC_ZSTD };	/* on disk */

struct codec {
	const char *name;
	uint32_t id;
	/* Both return the bytes written to dst, -1 if they do not fit or src is damaged. */
	ssize_t (*pack)(void *dst, size_t cap, const void *src, size_t len);
	ssize_t (*unpack)(void *dst, size_t cap, const void *src, size_t len);
};

const struct codec *codec_by_name(const char *name);	/* NULL: not built in */
const struct codec *codec_by_id(uint32_t id);		/* NULL: not built in */

#endif
