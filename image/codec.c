// SPDX-License-Identifier: GPL-2.0-only
/* codec.c - the table of codecs, the only place that knows which are built in */
#include <string.h>

#include "codec.h"
#include "refuse.h"

static size_t none_work(int level)
{
	(void)level;
	return 0;
}

static size_t none_unpack_work(void)
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

static const struct codec codec_none = {
	.name = "none", .id = CODEC_NONE,
	.work = none_work, .unpack_work = none_unpack_work, .pack = none_pack,
	.unpack = none_unpack,
};

/* By names alone, so that a program which only reads heads gets no codec linked in. */
const char *codec_name(uint32_t id)
{
	static const char *const names[] = { "none", "lz4", "zstd" };

	return id < sizeof names / sizeof *names ? names[id] : NULL;
}

static const struct codec *const codecs[] = { &codec_none, &codec_lz4, &codec_zstd };

#define NCODECS (sizeof codecs / sizeof *codecs)

const struct codec *codec_by_id(uint32_t id)
{
	for (size_t i = 0; i < NCODECS; i++)
		if (codecs[i]->id == id)
			return codecs[i];
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
		if (strlen(codecs[i]->name) == len && !memcmp(codecs[i]->name, text, len))
			found = codecs[i];
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
