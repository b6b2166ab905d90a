/* SPDX-License-Identifier: GPL-2.0-only */
/* unit.h - what the unit tests share: cmocka, checks of refusals, a sample of each structure */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before cmocka, which has a macro of the name of fail(). */
#include "../../base/log.h"

#include <cmocka.h>

#include "../../image/chunk.h"
#include "../../image/head.h"
#include "../../image/tail.h"
#include "../../image/refuse.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

/* The call, which takes why[], refuses with exactly this text. */
#define assert_refused(call, why, ...) do {				\
	char wanted_[WHY_SIZE];						\
									\
	snprintf(wanted_, sizeof wanted_, __VA_ARGS__);			\
	strcpy(why, "(no reason)");					\
	assert_int_equal(call, -1);					\
	assert_string_equal(why, wanted_);				\
} while (0)

#define KINDS_KNOWN "known are part: swap: file: dev: nbd:"

/* The call is content. */
#define assert_passes(call, why) do {					\
	strcpy(why, "");						\
	if ((call) != 0)						\
		fail_msg("%s: %s", #call, why);				\
} while (0)

/* A machine with 11 MiB of RAM in three ranges; the middle one holds the window. */
#define SAMPLE_RANGES 3u
#define SAMPLE_PAGES (0x9eu + 0x700u + 0x400u)
#define SAMPLE_SWAPPED (0x9eu + 0x200u)
extern const struct ram_range sample_ram[SAMPLE_RANGES];

#define SAMPLE_GUARDS 2u
extern const struct image_guard sample_guards[SAMPLE_GUARDS];

/* Each is one that its checking function accepts. */
struct image_head sample_head(enum image_state state);
struct machine sample_machine(void);

/* Contents of page pfn, never all zero. */
void sample_page(uint64_t pfn, uint8_t page[IMAGE_BLOCK]);

/* A sealed chunk of pages [pfn, pfn + count); payload is NULL or has room for a whole chunk. */
struct chunk_head sample_chunk(enum chunk_kind kind, uint64_t index, uint64_t pfn, uint32_t count,
			       uint8_t *payload);

/* chunk_seal_data() and chunk_number() */
void seal_chunk(struct chunk_head *chunk, uint64_t index, uint32_t codec, void *payload,
		uint32_t packed);

/* An exact copy on the heap, where the sanitizer sees what reads or writes past its end. */
void *copy_of(const void *data, size_t len);

/* Numbers that are the same in each run; from now on those that follow from seed. */
void random_start(uint64_t seed);
uint64_t random_next(void);
uint64_t random_below(uint64_t limit);

/* The groups; each returns the number of tests that failed. */
int amem_tests(void);
int chunk_tests(void);
int chunk_add_tests(void);
int codec_tests(void);
int codec_trips_tests(void);
int elfcore_make_tests(void);
int counts_tests(void);
int cover_tests(void);
int cpu_tests(void);
int workers_tests(void);
int damage_tests(void);
int disk_tests(void);
int elfcore_tests(void);
int exchanged_tests(void);
int free_fill_tests(void);
int pagebits_tests(void);
int freepages_tests(void);
int fsprobe_tests(void);
int garbage_tests(void);
int garbage_text_tests(void);
int guard_tests(void);
int head_tests(void);
int head_place_tests(void);
int helper_cmdline_tests(void);
int io_tests(void);
int json_tests(void);
int jump_tests(void);
int kernel_tests(void);
int memmap_tests(void);
int mode_tests(void);
int overwrite_tests(void);
int page_tests(void);
int pages_tests(void);
int plan_tests(void);
int ram_tests(void);
int resume_tests(void);
int session_tests(void);
int state_tests(void);
int tail_limits_tests(void);
int tail_tests(void);
int target_tests(void);
int swap_tests(void);
int nbd_tests(void);
int net_tests(void);
int uses_tests(void);
int vmcoreinfo_tests(void);
int whole_tests(void);

#endif
