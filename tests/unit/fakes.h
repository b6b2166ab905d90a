/* SPDX-License-Identifier: GPL-2.0-only */
/* fakes.h - the sample machine with a disk, in arrays, for the writer and the restorer */
#ifndef FAKES_H
#define FAKES_H

#include "../../image/codec.h"
#include "../../image/pagebits.h"
#include "../../initramfs/writer.h"
#include "../../restorer/restore.h"
#include "unit.h"

#define DISK_BYTES (4u << 20)
#define TOP_PFN 0x1400u
#define MEMORY_BYTES (TOP_PFN * IMAGE_BLOCK)

extern struct target disk;	/* images and writers close their targets: give them copies */
extern uint8_t *sleeping_memory;	/* page 0 to TOP_PFN of the system that is saved */
extern uint8_t *fake_memory;		/* what the fake /dev/oldmem writes */

/* For each test: an empty target, memory to be saved, and 0xcc where it is to be restored. */
int disk_begin(void **state);
int disk_end(void **state);
struct target disk_copy(void);		/* with an fd of its own */

bool swapped(uint64_t pfn);		/* does the jump exchange this page? */

/* With what to pack; none when a test begins. */
extern enum codec_id fake_codec;

/* On how many CPUs: one, or all, and then the order of the chunks is nobody's. */
extern bool fake_cpus_all;

/* All pages but those, as save.c does it.  -1 as soon as one fails. */
int write_pages(struct writer *w);
int write_but_free(struct writer *w, const struct pagebits *free, enum free_fill fill);
extern const struct writer_facts sample_facts;
void save_all(void);			/* and arm the image */

/* Another state, in the head that is there. */
void write_state(enum image_state state, uint32_t attempts);

int open_image(struct image *img, bool counted);
void assert_not_opened(const char *text);
void assert_last_failure(const char *text);	/* a part of it */

/* While true, the log is kept but not shown: for loops that fail hundreds of times. */
extern bool quiet;
void forget_failure(void);

/* What memfree_kib() says, unless it is 0. */
extern unsigned int fake_memfree_kib;

/* How many processes can still be made. */
extern int forks_left;

/* The call fails, and exactly this is what was said last; it is shown if it is something else. */
#define assert_fails(call, ...) do {					\
	bool quiet_ = quiet;						\
	char wanted_[256];						\
									\
	snprintf(wanted_, sizeof wanted_, __VA_ARGS__);			\
	quiet = true;							\
	forget_failure();						\
	assert_int_equal(call, -1);					\
	quiet = quiet_;							\
	assert_string_equal(log_last_failure(), wanted_);		\
} while (0)

#endif
