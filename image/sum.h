/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IMAGE_SUM_H
#define IMAGE_SUM_H

#include <stddef.h>
#include <stdint.h>

/* XXH3, 64 bits, seed 0, of len bytes. */
uint64_t sum64(const void *data, size_t len);

#endif
