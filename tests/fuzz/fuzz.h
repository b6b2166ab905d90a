/* SPDX-License-Identifier: GPL-2.0-only */
/* fuzz.h - what the fuzz targets share */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A promise that was not kept is a finding, like an overflow. */
#define must(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))
void broken(const char *file, int line, const char *condition) __attribute__((noreturn));

/* The bytes and a NUL on the heap: the sanitizer sees what goes past them.  The caller frees. */
char *text_of(const uint8_t *data, size_t size);

/* The same for buffers without contents, aligned to 16; the large ones are used again. */
void *block_take(size_t bytes);
void block_give(void *block, size_t bytes);

/* A sound image of a small machine, made anew at each call: patched.c changes it. */
#define SAMPLES 5u
#define SAMPLE_BYTES (64u * 4096)
size_t sample_image(unsigned int which, uint8_t image[SAMPLE_BYTES]);

/* The image that an input stands for, on the heap: patched.c.  NULL: none. */
uint8_t *patched_image(const uint8_t *data, size_t len, size_t *size);

/* Make all checksums of an image right, as far as its lengths and offsets lead anywhere. */
void reseal(uint8_t *image, size_t size);

/*
 * The fake /dev/oldmem: how often each page was written since it was opened, and whether more were
 * asked for.
 */
#define FAKE_PAGES 0x300u
extern uint8_t oldmem_written[FAKE_PAGES];
extern bool oldmem_refused;

#endif
