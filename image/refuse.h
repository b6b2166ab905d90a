/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refuse.h - the reason of a refusal, and foreign text in it
 *
 * In the pure code a function that can fail returns 0, or -1 with one line in
 * why[WHY_SIZE] that names the object and the two values that disagree.
 */
#ifndef IMAGE_REFUSE_H
#define IMAGE_REFUSE_H

#include <stdio.h>

#define WHY_SIZE 192

#define refuse(why, ...) (snprintf(why, WHY_SIZE, __VA_ARGS__), -1)

/* What "%llu" and "%#llx" take: uint64_t is unsigned long where long has 64 bits. */
typedef unsigned long long ull;

/* Is text printable ASCII, with a NUL within size?  what names it. */
int text_check(const char *what, const char *text, size_t size, char *why);

/* c, or '?' if c is not printable. */
char text_char(char c);

/* Fill all of to[size] with from, its unprintable bytes as '?', cut to fit; NUL after it. */
void text_copy(char *to, size_t size, const char *from);

#endif
