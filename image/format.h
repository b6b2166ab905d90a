/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - the layout of an image, version 3
 *
 * docs/image-format.md is the specification.  All integers are little endian,
 * all offsets are bytes from the start of the image, all memory is counted in
 * pages of 4096 bytes.  Nothing read from an image is used before the checking
 * function of its structure (head.h, chunk.h, tail.h) has accepted it.
 */
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the image is written in the byte order of the machine, which has to be little endian"
#endif

#define IMAGE_BLOCK		4096u		/* page size; all starts at a multiple of it */
#define IMAGE_VERSION		3u
#define IMAGE_HEAD_MAGIC	0x31474d494249484bull	/* "KHIBIMG1" */
#define IMAGE_CHUNK_MAGIC	0x4b43484bu		/* "KHCK" */
#define IMAGE_TAIL_MAGIC	0x314c41544249484bull	/* "KHIBTAL1" */
#define IMAGE_CHUNK_PAGES	256u		/* pages of data in one chunk, at most: 1 MiB */
#define IMAGE_CHUNK_DATA	(IMAGE_CHUNK_PAGES * IMAGE_BLOCK)
#define IMAGE_CHUNK_BYTES	(IMAGE_BLOCK + IMAGE_CHUNK_DATA)	/* with its head */
#define IMAGE_RUN_PAGES		0x10000000u	/* pages in one run, at most: 1 TiB */
#define IMAGE_MAX_PFN		(1ull << 40)	/* 52 physical address bits */
#define IMAGE_MAX_CHUNKS	(1u << 24)	/* 16 TiB of data */
#define IMAGE_MAX_RAM		512u		/* ranges in a RAM map */
#define IMAGE_MAX_GUARDS	64u
#define IMAGE_MAX_LOG		65536u

enum image_arch { IMAGE_X86_64 = 1, IMAGE_I386 = 2 };

/* docs/design.md section 4.  Only an armed or resuming image is ever restored. */
enum image_state {
	IMAGE_EMPTY = 1,	/* a formatted target that holds no image */
	IMAGE_WRITING,
	IMAGE_ARMED,
	IMAGE_RESUMING,
	IMAGE_USED,
	IMAGE_FAILED,
};

/* What A expects of its free pages: the reader sees to it that those left out hold it. */
enum free_fill {
	FREE_LEAVE,		/* nothing */
	FREE_ZERO,		/* init_on_free */
	FREE_POISON,		/* page_poison: bytes of IMAGE_POISON */
};
#define IMAGE_POISON		0xaau		/* PAGE_POISON of the kernel's linux/poison.h */

/* Pages [pfn, pfn + count). */
struct image_run {
	uint64_t pfn;
	uint32_t count;
	uint32_t zero;
};

/* What the CPU offers, by the cpuid instruction: see image/head.h. */
struct image_cpu {
	char	 vendor[12];
	uint32_t signature;	/* leaf 1 eax: family, model, stepping */
	uint32_t features[9];	/* enum cpu_word */
	uint32_t paging_levels;	/* 4 or 5; CR4.LA57 cannot change across the jump */
};

struct image_head {
	uint64_t magic;
	uint32_t version;
	uint32_t state;		/* enum image_state */
	uint8_t  target_id[16];	/* of the target, for life */
	uint8_t  session[16];	/* of this image */
	uint64_t time;		/* seconds since 1970, when the save began */
	uint32_t arch;		/* enum image_arch */
	uint32_t attempts;	/* resumes begun */
	uint64_t entry;		/* physical address to jump back to */
	uint64_t window_start;	/* the memory of B and C, [start, end) */
	uint64_t window_end;
	uint64_t low_start;	/* and their low memory */
	uint64_t low_end;
	uint64_t mailbox;	/* physical address of A's mailbox page, 0: none */
	uint8_t  cookie[16];	/* that it starts with */
	uint64_t ram_digest;	/* of the firmware's RAM map: ram_digest() */
	uint64_t ram_bytes;	/* its sum, so that a refusal can name both */
	struct image_cpu cpu;
	uint32_t chunk_pages;
	uint32_t codec;		/* enum codec_id, the one asked for */
	uint32_t cipher;	/* 0: none */
	uint32_t key_slots;	/* 0 */
	uint64_t tail_offset;
	uint64_t tail_length;
	uint64_t tail_sum;	/* XXH3 of the whole tail */
	char	 release[64];	/* A's kernel, ends in NUL */
	char	 reason[192];	/* why it failed, ends in NUL */
	uint32_t codec_level;	/* the one asked for; 0: the codec has none */
	uint32_t free_fill;	/* enum free_fill */
	uint64_t ended;		/* seconds since 1970, when it was used or failed */
	uint32_t told;		/* 1: a boot has told of the failure */
	uint32_t no_ata;	/* 1: nothing that the image needs is behind libata */
	uint8_t  pad[3568];
	uint64_t sum;		/* XXH3 of all that stands before */
};
_Static_assert(sizeof(struct image_head) == IMAGE_BLOCK, "the head is one block");

/* What a chunk says of its pages. */
enum chunk_kind {
	CHUNK_DATA = 1,		/* the payload holds them, in the order of the runs */
	CHUNK_ZERO,		/* they are all zero; no payload */
	CHUNK_FREE,		/* A misses nothing of them; no payload */
};

#define CHUNK_RUNS ((IMAGE_BLOCK - 48) / sizeof(struct image_run))

/* The first block of a chunk; the payload follows, filled up to whole blocks with zeroes. */
struct chunk_head {
	uint32_t magic;
	uint32_t kind;		/* enum chunk_kind */
	uint32_t codec;		/* enum codec_id */
	uint32_t nruns;
	uint32_t npages;	/* sum of the runs */
	uint32_t packed;	/* bytes of payload before the filling */
	uint64_t index;		/* of this chunk, counted from 0 */
	uint64_t data_sum;	/* XXH3 of the payload with its filling */
	uint64_t sum;		/* XXH3 of this block with sum = 0 */
	struct image_run runs[CHUNK_RUNS];
};
_Static_assert(sizeof(struct chunk_head) == IMAGE_BLOCK, "a chunk's head is one block");

/* One for each chunk, in order. */
struct chunk_entry {
	uint64_t offset;
	uint64_t sum;		/* of its head, which holds that of the data */
};

struct ram_range {
	uint64_t start;		/* bytes, [start, end) */
	uint64_t end;
};

/* What a guard was recognised as: image/fsprobe.h.  Numbers are for ever. */
enum guard_type {
	GUARD_OTHER = 1,
	GUARD_EXT,		/* ext2, ext3, ext4 */
	GUARD_XFS,
	GUARD_BTRFS,
	GUARD_VFAT,		/* FAT12, FAT16, FAT32 */
	GUARD_SWAP,
};

#define GUARD_NAME 64
#define GUARD_REMOVABLE 1u	/* may be gone at the resume; what is there must not have changed */

/* A block device that A uses, as it was when A was saved: what it holds must not change. */
struct image_guard {
	char	 name[GUARD_NAME];	/* that A knows it by, "/dev/...", ends in NUL */
	uint32_t type;		/* enum guard_type */
	uint32_t flags;		/* GUARD_REMOVABLE, or 0 */
	uint8_t  uuid[16];	/* by which it is known again: image/fsprobe.c */
	uint64_t size;		/* bytes */
	uint64_t digest;	/* XXH3 of what counts for the type */
	uint8_t  pad[24];	/* zero */
};
_Static_assert(sizeof(struct image_guard) == 128, "guards have a fixed size");

/* The tail: this block, then chunk entries, RAM ranges, guards and log, in whole blocks. */
struct image_tail {
	uint64_t magic;
	uint8_t  session[16];	/* the head's */
	uint64_t length;	/* of the tail, all of it */
	uint32_t nchunks;
	uint32_t nram;
	uint32_t nguards;
	uint32_t log_bytes;
	uint64_t ram_pages;	/* invariant M1: the sum of the four below */
	uint64_t swapped_pages;	/* in the window and low memory, exchanged by the jump */
	uint64_t saved_pages;
	uint64_t zero_pages;
	uint64_t free_pages;
	uint64_t save_ms;	/* how long the save took, up to this tail */
	uint8_t  pad[4000];
};
_Static_assert(sizeof(struct image_tail) == IMAGE_BLOCK, "the tail starts with one block");

#endif
