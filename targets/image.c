// SPDX-License-Identifier: GPL-2.0-only
/* image.c - open an image on a target, read its chunks, change its state */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../image/chunk.h"
#include "../image/codec.h"
#include "image.h"

int image_damaged(struct image *img, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(img->why, sizeof img->why, fmt, ap);
	va_end(ap);
	return image_unfit(img, SET_ASIDE);
}

int image_unfit(struct image *img, enum verdict verdict)
{
	img->verdict = verdict;
	return fail("%s: %s", img->target.name, img->why);
}

/* Does the head, by its state, hold an image for this purpose? */
static int purpose_check(const struct image_head *head, enum image_purpose purpose, char *why)
{
	bool kept = head->state == IMAGE_USED || head->state == IMAGE_FAILED;

	if (head_check(head, why) < 0)
		return -1;
	if (purpose == IMAGE_LOOK && kept)
		return head_check_image(head, why);
	return head_resumable(head, purpose != IMAGE_RESUME, why);
}

/* Read and check the tail that the checked head points to. */
static int open_tail(struct image *img)
{
	const struct target *target = &img->target;
	const struct image_head *head = &img->head;

	if (head->tail_offset > target->size ||
	    head->tail_length > target->size - head->tail_offset)
		return image_damaged(img, "tail ends at %llu, the target at %llu",
				     (ull)(head->tail_offset + head->tail_length),
				     (ull)target->size);
	if (head->tail_length > SIZE_MAX)
		return image_damaged(img, "tail of %llu bytes", (ull)head->tail_length);
	/* The head may say anything, and a kernel without memory would panic. */
	if (img->purpose != IMAGE_LOOK && head->tail_length / 1024 > memfree_kib()) {
		snprintf(img->why, sizeof img->why, "tail of %llu KiB, %u of memory are free",
			 (ull)head->tail_length / 1024, memfree_kib());
		return image_unfit(img, TRY_AGAIN);
	}
	img->tail_buf = alloc_pages(head->tail_length);
	if (!img->tail_buf)
		return -1;
	if (target_read(target, img->tail_buf, head->tail_length, head->tail_offset) < 0)
		return -1;
	if (tail_check(img->tail_buf, head, &img->tail, img->why) < 0)
		return image_unfit(img, SET_ASIDE);
	return 0;
}

int image_open(struct image *img, const struct target *target, enum image_purpose purpose)
{
	*img = (struct image){ .target = *target, .purpose = purpose };
	if (target_read_head(target, &img->head) < 0)
		return -1;
	if (purpose_check(&img->head, purpose, img->why) < 0)
		return image_unfit(img, SET_ASIDE);
	return open_tail(img);
}

int image_open_whole(struct image *img, const struct target *target, const struct image_head *head)
{
	*img = (struct image){ .target = *target, .head = *head, .purpose = IMAGE_LOOK };
	if (head_check_image(head, img->why) < 0)
		return image_unfit(img, SET_ASIDE);
	return open_tail(img);
}

void image_close_tail(struct image *img)
{
	free_pages(img->tail_buf, img->head.tail_length);
	img->tail_buf = NULL;
}

void image_close(struct image *img)
{
	image_close_tail(img);
	target_close(&img->target);
}

/* Bytes from chunk i to what follows it; tail_check() has seen that the offsets rise. */
static uint64_t chunk_span(const struct image *img, uint32_t i)
{
	const struct chunk_entry *e = &img->tail.chunks[i];

	return (i + 1 < img->tail.tail->nchunks ? e[1].offset : img->head.tail_offset) - e->offset;
}

int64_t image_chunk_bytes(struct image *img, uint32_t i)
{
	uint64_t bytes = chunk_span(img, i);

	if (bytes <= IMAGE_CHUNK_BYTES)
		return bytes;
	return image_damaged(img, "chunk %u takes %llu bytes, at most %u", i, (ull)bytes,
			     IMAGE_CHUNK_BYTES);
}

int image_check_chunk(struct image *img, uint32_t i, const struct chunk_head *chunk)
{
	uint64_t bytes = chunk_span(img, i);

	if (chunk_check(chunk, i, img->tail.chunks[i].sum, img->tail.ram, img->tail.tail->nram,
			img->why) < 0)
		return image_unfit(img, SET_ASIDE);
	if (IMAGE_BLOCK + chunk_payload_size(chunk->packed) != bytes)
		return image_damaged(img, "chunk %u takes %llu bytes, its head says %zu", i,
				     (ull)bytes, IMAGE_BLOCK + chunk_payload_size(chunk->packed));
	/* What memory unpacking takes is decided by the head. */
	if (chunk->kind == CHUNK_DATA && chunk->codec != CODEC_NONE &&
	    chunk->codec != img->head.codec)
		return image_damaged(img, "chunk %u: codec is %u, the image's %u", i, chunk->codec,
				     img->head.codec);
	return 0;
}

int image_read_chunk(struct image *img, uint32_t i, void *buf)
{
	const struct target *t = &img->target;
	int64_t bytes = image_chunk_bytes(img, i);

	if (bytes < 0 || target_read(t, buf, bytes, img->tail.chunks[i].offset) < 0 ||
	    image_check_chunk(img, i, buf) < 0)
		return -1;
	if (chunk_check_payload(buf, (uint8_t *)buf + IMAGE_BLOCK, img->why) < 0)
		return image_unfit(img, SET_ASIDE);
	return 0;
}

int image_unpack(const struct chunk_head *chunk, const uint8_t **data, uint8_t *room, void *work,
		 char *why)
{
	size_t want = (size_t)chunk->npages * IMAGE_BLOCK;
	ssize_t n;

	if (chunk->kind != CHUNK_DATA || chunk->codec == CODEC_NONE)
		return 0;
	n = codec_by_id(chunk->codec)->unpack(work, room, want, *data, chunk->packed);
	if (n < 0 || (size_t)n != want)
		return refuse(why, "chunk %llu: unpacks to %zd bytes, its pages have %zu",
			      (ull)chunk->index, n, want);
	*data = room;
	return 0;
}

/* Make a change of state durable, unless it was refused. */
static int change(const struct target *target, struct image_head *head, int allowed,
		  const char *why)
{
	return allowed < 0 ? fail("%s: %s", target->name, why) : target_write_head(target, head);
}

int target_count_attempt(const struct target *target, struct image_head *head)
{
	char why[WHY_SIZE];

	return change(target, head, state_attempt(head, why), why);
}

int image_begin(struct image *img)
{
	if (img->purpose == IMAGE_RESUME_COUNTED && img->head.state == IMAGE_RESUMING)
		return 0;
	return target_count_attempt(&img->target, &img->head);
}

int image_mark_used(struct image *img)
{
	return change(&img->target, &img->head, state_used(&img->head, time(NULL), img->why),
		      img->why);
}

int image_jump_failed(struct image *img)
{
	return change(&img->target, &img->head, state_jump_failed(&img->head, img->why), img->why);
}

void image_resume_failed(struct image *img)
{
	/* A head that is not intact, or not of an image to be resumed, is left alone. */
	if (head_check(&img->head, img->why) < 0 || !state_is_live(img->head.state))
		return;
	if (img->verdict == SET_ASIDE || head_resumable(&img->head, false, img->why) < 0)
		target_mark_failed(&img->target, &img->head, log_last_failure());
}

int target_mark_failed(const struct target *target, struct image_head *head, const char *reason)
{
	char why[WHY_SIZE];

	return change(target, head, state_failed(head, reason, time(NULL), why), why);
}

int target_mark_told(const struct target *target, struct image_head *head)
{
	head->told = 1;
	return target_write_head(target, head);
}
