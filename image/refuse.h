/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refuse.h - how the pure code tells the reason of a refusal
 *
 * A checking function returns 0, or -1 with one line in why that names the
 * object and the two values that disagree.
 */
#ifndef IMAGE_REFUSE_H
#define IMAGE_REFUSE_H

#include <stdio.h>

#define WHY_SIZE 192

#define refuse(why, ...) (snprintf(why, WHY_SIZE, __VA_ARGS__), -1)

/* What "%llu" and "%#llx" take: uint64_t is unsigned long where long has 64 bits. */
typedef unsigned long long ull;

#endif
