/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - copy, fill and test whole pages, and sum up bytes
 *
 * klibc's memcpy() and memset() are "rep movsq" and "rep stosq", which an
 * emulated CPU executes one word at a time: by these loops a test machine
 * clears memory five times as fast, and a real one no slower.
 */
#ifndef IMAGE_PAGE_H
#define IMAGE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"

/* All take pointers to whole pages, aligned to 16 bytes at least. */
void pages_copy(void *to, const void *from, size_t pages);
void pages_fill(void *to, size_t pages, uint8_t byte);
bool page_is_zero(const void *page);
bool page_equal(const void *a, const void *b);

/* The one checksum of the format: XXH3, 64 bits, seed 0, of len bytes. */
uint64_t sum64(const void *data, size_t len);

#endif
