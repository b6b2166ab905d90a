// SPDX-License-Identifier: GPL-2.0-only
/* head.c - make, check and change the first block of an image; compare machines with it */
#include <cpuid.h>
#include <stddef.h>
#include <string.h>

#include "codec.h"
#include "head.h"
#include "page.h"
#include "refuse.h"

enum reg { EAX, EBX, ECX, EDX };

static const struct word {
	const char *name;
	uint32_t leaf, subleaf;
	enum reg reg;
	uint32_t ignored;	/* bits that follow what the running kernel switched on */
} words[] = {
	[CPU_1_ECX] = { "1:ecx", 1, 0, ECX, 1u << 27 },			/* OSXSAVE */
	[CPU_1_EDX] = { "1:edx", 1, 0, EDX, 1u << 9 },			/* APIC */
	[CPU_7_EBX] = { "7:ebx", 7, 0, EBX, 0 },
	[CPU_7_ECX] = { "7:ecx", 7, 0, ECX, 1u << 4 },			/* OSPKE */
	[CPU_7_EDX] = { "7:edx", 7, 0, EDX, 0 },
	[CPU_7_1_EAX] = { "7.1:eax", 7, 1, EAX, 0 },
	[CPU_D_1_EAX] = { "d.1:eax", 0xd, 1, EAX, 0 },
	[CPU_EXT_ECX] = { "80000001:ecx", 0x80000001, 0, ECX, 0 },
	[CPU_EXT_EDX] = { "80000001:edx", 0x80000001, 0, EDX, 0 },
};

#define WORDS (sizeof words / sizeof *words)
_Static_assert(WORDS == sizeof ((struct image_cpu *)0)->features / sizeof(uint32_t),
	       "one for each word of an image");

void cpu_read(struct image_cpu *cpu)
{
	uint32_t r[4];

	memset(cpu, 0, sizeof *cpu);
	__cpuid(0, r[EAX], r[EBX], r[ECX], r[EDX]);
	memcpy(cpu->vendor, &r[EBX], 4);
	memcpy(cpu->vendor + 4, &r[EDX], 4);
	memcpy(cpu->vendor + 8, &r[ECX], 4);
	__cpuid(1, cpu->signature, r[EBX], r[ECX], r[EDX]);
	/* A leaf or subleaf that the CPU does not have is all zero. */
	for (size_t i = 0; i < WORDS; i++)
		if (__get_cpuid_count(words[i].leaf, words[i].subleaf, &r[EAX], &r[EBX], &r[ECX],
				      &r[EDX]))
			cpu->features[i] = r[words[i].reg] & ~words[i].ignored;
}

/* Intel SDM volume 2, CPUID, leaf 1 eax. */
struct cpu_name cpu_name(const struct image_cpu *cpu)
{
	uint32_t s = cpu->signature;
	struct cpu_name name = { .family = s >> 8 & 0xf, .model = s >> 4 & 0xf,
				.stepping = s & 0xf };

	if (name.family == 6 || name.family == 0xf)
		name.model += s >> 12 & 0xf0;
	if (name.family == 0xf)
		name.family += s >> 20 & 0xff;
	for (size_t i = 0; i < sizeof cpu->vendor; i++)
		name.vendor[i] = text_char(cpu->vendor[i]);
	return name;
}

int cpu_check(const struct image_cpu *image, const struct image_cpu *here, char *why)
{
	const struct cpu_name theirs = cpu_name(image), ours = cpu_name(here);

	if (memcmp(image->vendor, here->vendor, sizeof here->vendor))
		return refuse(why, "CPU vendor: image has %s, this machine %s", theirs.vendor,
			      ours.vendor);
	if (theirs.family != ours.family || theirs.model != ours.model)
		return refuse(why,
			      "CPU: image has family %u model %u, this machine family %u model %u",
			      theirs.family, theirs.model, ours.family, ours.model);
	for (size_t i = 0; i < WORDS; i++)
		if (image->features[i] & ~here->features[i])
			return refuse(why, "CPU features %s: image has %08x, this machine %08x",
				      words[i].name, image->features[i], here->features[i]);
	return 0;
}

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

bool state_is_live(uint32_t state)
{
	return state == IMAGE_ARMED || state == IMAGE_RESUMING;
}

static int range_check(const char *name, const struct ram_range *r, char *why)
{
	if (r->start >= r->end || r->start % IMAGE_BLOCK || r->end % IMAGE_BLOCK ||
	    r->end / IMAGE_BLOCK > IMAGE_MAX_PFN)
		return refuse(why, "head: %s from %#llx to %#llx", name, (ull)r->start,
			      (ull)r->end);
	return 0;
}

int head_check_image(const struct image_head *head, char *why)
{
	const struct {
		const char *name;
		uint32_t value, min, max;
	} limits[] = {
		{ "chunk_pages", head->chunk_pages, IMAGE_CHUNK_PAGES, IMAGE_CHUNK_PAGES },
		{ "codec_level", head->codec_level, 0, CODEC_MAX_LEVEL },
		{ "cipher", head->cipher, 0, 0 },
		{ "key_slots", head->key_slots, 0, 0 },
		{ "free_fill", head->free_fill, FREE_LEAVE, FREE_POISON },
		{ "no_ata", head->no_ata, 0, 1 },
	};

	if (range_check("window", &head->window, why) < 0 ||
	    range_check("low memory", &head->low, why) < 0)
		return -1;
	if (!head->entry || head->entry / IMAGE_BLOCK >= IMAGE_MAX_PFN)
		return refuse(why, "head: jump back entry at %#llx", (ull)head->entry);
	if (head->mailbox % IMAGE_BLOCK || head->mailbox / IMAGE_BLOCK >= IMAGE_MAX_PFN)
		return refuse(why, "head: mailbox at %#llx", (ull)head->mailbox);
	if (!codec_name(head->codec))
		return refuse(why, "head: codec %u is not built in", head->codec);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (limits[i].value < limits[i].min || limits[i].value > limits[i].max)
			return refuse(why, "head: %s is %u, known are %u to %u", limits[i].name,
				      limits[i].value, limits[i].min, limits[i].max);
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
	if (state_is_live(head->state))
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

int head_replaceable(const struct image_head *head, char *why)
{
	char unused[WHY_SIZE];

	if (head_check(head, why) < 0)
		return -1;
	if (head_resumable(head, false, unused) == 0)
		return refuse(why, "holds an image that is %s", state_name(head->state));
	return 0;
}

int head_fits_machine(const struct image_head *head, const struct machine *here, char *why)
{
	if (head->arch != here->arch)
		return refuse(why, "architecture: image has %u, this kernel %u", head->arch,
			      here->arch);
	if (head->ram_digest != here->ram_digest)
		return refuse(why, "RAM map: image has %llu bytes (digest %016llx), "
			      "this machine %llu (%016llx)",
			      (ull)head->ram_bytes, (ull)head->ram_digest,
			      (ull)here->ram_bytes, (ull)here->ram_digest);
	return 0;
}

int head_fits_kernel(const struct image_head *head, const struct machine *here, char *why)
{
	if (cpu_check(&head->cpu, &here->cpu, why) < 0)
		return -1;
	if (head->window.start != here->window.start || head->window.end != here->window.end)
		return refuse(why, "window: image has %#llx-%#llx, "
			      "this kernel lives in %#llx-%#llx",
			      (ull)head->window.start, (ull)head->window.end,
			      (ull)here->window.start, (ull)here->window.end);
	if (head->low.start != here->low.start || head->low.end != here->low.end)
		return refuse(why, "low memory: image has %#llx-%#llx, this kernel %#llx-%#llx",
			      (ull)head->low.start, (ull)head->low.end,
			      (ull)here->low.start, (ull)here->low.end);
	if (head->cpu.paging_levels != here->cpu.paging_levels)
		return refuse(why, "page table levels: image has %u, this kernel %u",
			      head->cpu.paging_levels, here->cpu.paging_levels);
	return 0;
}

static int change(struct image_head *head, enum image_state from, enum image_state to, char *why)
{
	if (head->state != from)
		return refuse(why, "image is %s: it cannot become %s", state_name(head->state),
			      state_name(to));
	head->state = to;
	return 0;
}

void state_format(struct image_head *head, const uint8_t target_id[16])
{
	uint8_t id[16];

	memcpy(id, target_id, sizeof id);	/* it may be the head's own */
	memset(head, 0, sizeof *head);
	memcpy(head->target_id, id, sizeof id);
	head->state = IMAGE_EMPTY;
}

int state_write(struct image_head *head, char *why)
{
	char unused[WHY_SIZE];

	if (head_resumable(head, false, unused) == 0)
		return refuse(why, "holds an image that is %s, an empty target was expected",
			      state_name(head->state));
	state_format(head, head->target_id);
	head->state = IMAGE_WRITING;
	return 0;
}

int state_arm(struct image_head *head, char *why)
{
	return change(head, IMAGE_WRITING, IMAGE_ARMED, why);
}

int state_emptied(struct image_head *head, const char *reason, char *why)
{
	/* Armed: its head could not be written, and what the device has is not known. */
	if (head->state != IMAGE_ARMED && change(head, IMAGE_WRITING, IMAGE_EMPTY, why) < 0)
		return -1;
	state_format(head, head->target_id);
	text_copy(head->reason, sizeof head->reason, reason);
	return 0;
}

int state_attempt(struct image_head *head, char *why)
{
	if (head_resumable(head, false, why) < 0)
		return -1;
	head->state = IMAGE_RESUMING;
	head->attempts++;
	return 0;
}

int state_used(struct image_head *head, uint64_t now, char *why)
{
	if (change(head, IMAGE_RESUMING, IMAGE_USED, why) < 0)
		return -1;
	head->ended = now;
	return 0;
}

int state_jump_failed(struct image_head *head, char *why)
{
	if (change(head, IMAGE_USED, IMAGE_RESUMING, why) < 0)
		return -1;
	head->ended = 0;
	return 0;
}

int state_failed(struct image_head *head, const char *reason, uint64_t now, char *why)
{
	bool foreign = head_foreign(head);

	if (head->state != IMAGE_ARMED && change(head, IMAGE_RESUMING, IMAGE_FAILED, why) < 0)
		return -1;
	head->state = IMAGE_FAILED;
	if (foreign)
		return 0;	/* only what head_foreign() names has a place that is known */
	head->ended = now;
	head->told = 0;
	text_copy(head->reason, sizeof head->reason, reason);
	return 0;
}
