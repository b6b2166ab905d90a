// SPDX-License-Identifier: GPL-2.0-only
/* choose-codec.c - measure the target and the codecs on samples */
#include <sys/time.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/workers.h"
#include "../image/page.h"
#include "pack.h"

#define SAMPLES		8u
#define SAMPLE_BYTES	((size_t)IMAGE_CHUNK_DATA)
#define CODECS		3	/* none, LZ4, zstd: enum codec_id */

struct trial {
	uint64_t bytes;			/* of all samples */
	uint64_t write_us;		/* to write them as they are */
	uint64_t packed[CODECS];	/* bytes */
	uint64_t pack_us[CODECS];
};

/* Microseconds, for spans so short that nobody sets the clock meanwhile. */
static uint64_t now_us(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return tv.tv_sec * 1000000ull + tv.tv_usec;
}

/* Fill a sample from extents [from, to) of A's memory.  How many pages it has, or -1. */
static int64_t gather(struct vmcore_map *map, const struct pagebits *free, uint64_t from,
		      uint64_t to, uint8_t *sample)
{
	uint64_t pfn, count;
	int64_t n = 0;

	for (; from < to && vmcore_extent(map->vm, from, &pfn, &count); from++) {
		const uint8_t *p = vmcore_pages(map, pfn, count);

		if (!p)
			return -1;
		for (; count && n < (int64_t)IMAGE_CHUNK_PAGES; count--, pfn++, p += IMAGE_BLOCK)
			if (!pagebits_has(free, pfn) && !page_is_zero(p))
				pages_copy(sample + n++ * IMAGE_BLOCK, p, 1);
		if (n == (int64_t)IMAGE_CHUNK_PAGES)
			break;
	}
	return n;
}

static int try_one(const struct writer *w, struct trial *trial, uint8_t *sample, size_t len,
		   uint8_t *packed, void *work)
{
	uint64_t start = now_us();

	if (w->offset + trial->bytes + len > w->target.size)
		return 0;	/* that the image does not fit is for the writer to say */
	if (target_write(&w->target, sample, len, w->offset + trial->bytes) < 0)
		return -1;
	trial->write_us += now_us() - start;
	trial->bytes += len;
	trial->packed[CODEC_NONE] += len;
	for (uint32_t id = CODEC_NONE + 1; id < CODECS; id++) {
		const struct codec *c = codec_by_id(id);
		ssize_t n;

		start = now_us();
		n = c->pack(work, c->default_level, packed, len - IMAGE_BLOCK, sample, len);
		trial->pack_us[id] += now_us() - start;
		trial->packed[id] += n < 0 ? len : (size_t)n;
	}
	return 0;
}

static int try_all(const struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		   struct trial *trial, uint8_t *buf, void *work)
{
	struct vmcore_map map = { .vm = vm };
	struct trial first = { 0 };
	uint64_t extents = 0, pfn, count;
	int ret = 0;

	while (vmcore_extent(vm, extents, &pfn, &count))
		extents++;
	for (unsigned int i = 0; i < SAMPLES && !ret; i++) {
		int64_t n = gather(&map, free, extents * i / SAMPLES,
				   extents * (i + 1) / SAMPLES, buf);

		if (n < 0)
			ret = -1;
		if (n < 2)
			continue;
		/* The first one also measures the first touch of memory and code: once more. */
		if (!trial->bytes)
			ret = try_one(w, &first, buf, n * IMAGE_BLOCK, buf + SAMPLE_BYTES, work);
		if (!ret)
			ret = try_one(w, trial, buf, n * IMAGE_BLOCK, buf + SAMPLE_BYTES, work);
	}
	vmcore_unmap(&map);
	return ret;
}

/* Microseconds that a codec needs for the samples on this many CPUs. */
static uint64_t cost(const struct trial *t, uint32_t id, int cpus)
{
	uint64_t write = t->write_us * t->packed[id] / t->bytes, pack = t->pack_us[id] / cpus;

	return write > pack ? write : pack;
}

static uint32_t best(const struct trial *t)
{
	int cpus = workers_cpus();
	uint32_t chosen = CODEC_NONE;

	for (uint32_t id = 1; id < CODECS; id++)
		if (cost(t, id, cpus) < cost(t, chosen, cpus))
			chosen = id;
	info("codec auto: target takes %llu MiB/s; %d CPUs pack with lz4 %llu MiB/s to %llu %%, "
	     "with zstd %llu MiB/s to %llu %%: %s", (ull)(t->bytes / (t->write_us + 1)), cpus,
	     (ull)(t->bytes * cpus / (t->pack_us[CODEC_LZ4] + 1)),
	     (ull)(t->packed[CODEC_LZ4] * 100 / t->bytes),
	     (ull)(t->bytes * cpus / (t->pack_us[CODEC_ZSTD] + 1)),
	     (ull)(t->packed[CODEC_ZSTD] * 100 / t->bytes), codec_by_id(chosen)->name);
	return chosen;
}

int choose_codec(const struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		 const struct codec **codec, int *level)
{
	const struct codec *zstd = codec_by_id(CODEC_ZSTD), *lz4 = codec_by_id(CODEC_LZ4);
	size_t for_zstd = zstd->work(zstd->default_level), for_lz4 = lz4->work(lz4->default_level);
	size_t bytes = for_zstd > for_lz4 ? for_zstd : for_lz4;
	uint8_t *buf = alloc_pages(2 * SAMPLE_BYTES), *work = alloc_pages(bytes);
	struct trial trial = { 0 };
	int ret = buf && work ? try_all(w, vm, free, &trial, buf, work) : -1;

	*codec = ret || !trial.bytes ? lz4 : codec_by_id(best(&trial));
	*level = (*codec)->default_level;
	free_pages(work, bytes);
	free_pages(buf, 2 * SAMPLE_BYTES);
	return ret;
}
