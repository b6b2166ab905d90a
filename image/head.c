// SPDX-License-Identifier: GPL-2.0-only
/* head.c - make and check the first block of an image */
#include <stddef.h>
#include <string.h>

#include "codec.h"
#include "cpu.h"
#include "head.h"
#include "page.h"
#include "refuse.h"

bool head_has_magic(const void *block)
{
	uint64_t magic;

	memcpy(&magic, block, sizeof magic);
	return magic == IMAGE_HEAD_MAGIC;
}

static uint64_t head_sum(const struct image_head *head)
{
	return sum64(head, offsetof(struct image_head, sum));
}

void head_seal(struct image_head *head)
{
	if (!head_has_magic(head)) {
		head->magic = IMAGE_HEAD_MAGIC;
		head->version = IMAGE_VERSION;
	}
	head->sum = head_sum(head);
}

bool head_foreign(const struct image_head *head)
{
	return head_has_magic(head) && head->sum == head_sum(head) &&
	       head->version != IMAGE_VERSION;
}

const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		"?", "empty", "writing", "armed", "resuming", "used", "failed",
	};

	return state < sizeof names / sizeof *names ? names[state] : names[0];
}

static int range_check(const char *name, uint64_t start, uint64_t end, char *why)
{
	if (start >= end || start % IMAGE_BLOCK || end % IMAGE_BLOCK ||
	    end / IMAGE_BLOCK > IMAGE_MAX_PFN)
		return refuse(why, "head: %s from %#llx to %#llx", name, (ull)start, (ull)end);
	return 0;
}

int head_check_image(const struct image_head *head, char *why)
{
	if (range_check("window", head->window_start, head->window_end, why) < 0 ||
	    range_check("low memory", head->low_start, head->low_end, why) < 0)
		return -1;
	if (!head->entry || head->entry / IMAGE_BLOCK >= IMAGE_MAX_PFN)
		return refuse(why, "head: jump back entry at %#llx", (ull)head->entry);
	if (head->mailbox % IMAGE_BLOCK || head->mailbox / IMAGE_BLOCK >= IMAGE_MAX_PFN)
		return refuse(why, "head: mailbox at %#llx", (ull)head->mailbox);
	if (head->chunk_pages != IMAGE_CHUNK_PAGES)
		return refuse(why, "head: chunks of %u pages, this program knows %u",
			      head->chunk_pages, IMAGE_CHUNK_PAGES);
	if (!codec_name(head->codec))
		return refuse(why, "head: codec %u is not built in", head->codec);
	if (head->codec_level > CODEC_MAX_LEVEL)
		return refuse(why, "head: codec level %u, the highest is %u",
			      head->codec_level, CODEC_MAX_LEVEL);
	if (head->cipher || head->key_slots)
		return refuse(why,
			      "head: cipher %u with %u key slots, this program knows 0 (none) "
			      "with 0",
			      head->cipher, head->key_slots);
	if (head->free_fill > FREE_POISON)
		return refuse(why, "head: free_fill is %u, known are %u to %u",
			      head->free_fill, FREE_LEAVE, FREE_POISON);
	if (head->no_ata > 1)
		return refuse(why, "head: no_ata is %u, known are 0 and 1", head->no_ata);
	if (head->tail_offset % IMAGE_BLOCK || head->tail_offset < IMAGE_BLOCK ||
	    head->tail_length % IMAGE_BLOCK || head->tail_length < IMAGE_BLOCK ||
	    head->tail_length > INT64_MAX || head->tail_offset > INT64_MAX - head->tail_length)
		return refuse(why, "head: tail of %llu bytes at %llu",
			      (ull)head->tail_length, (ull)head->tail_offset);
	return 0;
}

int head_check(const struct image_head *head, char *why)
{
	if (head->magic != IMAGE_HEAD_MAGIC)
		return refuse(why, "head: magic is %#llx, an image has %#llx",
			      (ull)head->magic, (ull)IMAGE_HEAD_MAGIC);
	if (head->sum != head_sum(head))
		return refuse(why, "head: checksum is %016llx, its contents have %016llx",
			      (ull)head->sum, (ull)head_sum(head));
	if (head->version != IMAGE_VERSION)
		return refuse(why, "head: format version %u, this program knows %u",
			      head->version, IMAGE_VERSION);
	if (head->state < IMAGE_EMPTY || head->state > IMAGE_FAILED)
		return refuse(why, "head: state is %u, known are %u to %u",
			      head->state, IMAGE_EMPTY, IMAGE_FAILED);
	if (text_check("head: release", head->release, sizeof head->release, why) < 0 ||
	    text_check("head: reason", head->reason, sizeof head->reason, why) < 0)
		return -1;
	/* The others may be blank: only these states are written over a whole image. */
	if (head->state == IMAGE_ARMED || head->state == IMAGE_RESUMING)
		return head_check_image(head, why);
	return 0;
}

int head_resumable(const struct image_head *head, bool counted, char *why)
{
	switch (head->state) {
	case IMAGE_ARMED:
		return 0;
	case IMAGE_RESUMING:
		if (head->attempts < HEAD_ATTEMPTS + counted)
			return 0;
		return refuse(why, "image was tried %u times, at most %u are made",
			      head->attempts, HEAD_ATTEMPTS);
	case IMAGE_EMPTY:
		return refuse(why, "target is empty: there is nothing to resume");
	case IMAGE_WRITING:
		return refuse(why, "image is incomplete: its writing was interrupted");
	case IMAGE_USED:
		return refuse(why, "image is used: it was resumed before");
	default:
		return refuse(why, "image is kept as failed: %.150s", head->reason);
	}
}

int head_fits_machine(const struct image_head *head, const struct machine *here, char *why)
{
	if (head->arch != here->arch)
		return refuse(why, "architecture: image has %u, this kernel %u", head->arch,
			      here->arch);
	if (head->ram_digest != here->ram_digest)
		return refuse(why,
			      "RAM map: image has %llu bytes (digest %016llx), this machine %llu "
			      "(%016llx)",
			      (ull)head->ram_bytes, (ull)head->ram_digest,
			      (ull)here->ram_bytes, (ull)here->ram_digest);
	return 0;
}

int head_fits_kernel(const struct image_head *head, const struct machine *here, char *why)
{
	if (cpu_check(&head->cpu, &here->cpu, why) < 0)
		return -1;
	if (head->window_start != here->window_start || head->window_end != here->window_end)
		return refuse(why,
			      "window: image has %#llx-%#llx, this kernel lives in %#llx-%#llx",
			      (ull)head->window_start, (ull)head->window_end,
			      (ull)here->window_start, (ull)here->window_end);
	if (head->low_start != here->low_start || head->low_end != here->low_end)
		return refuse(why, "low memory: image has %#llx-%#llx, this kernel %#llx-%#llx",
			      (ull)head->low_start, (ull)head->low_end,
			      (ull)here->low_start, (ull)here->low_end);
	if (head->cpu.paging_levels != here->cpu.paging_levels)
		return refuse(why, "page table levels: image has %u, this kernel %u",
			      head->cpu.paging_levels, here->cpu.paging_levels);
	return 0;
}
