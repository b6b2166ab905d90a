/* SPDX-License-Identifier: GPL-2.0-only */
/* text.h - texts of an image are printed for people and parsed line by line: printable ASCII */
#ifndef IMAGE_TEXT_H
#define IMAGE_TEXT_H

#include <stddef.h>

/* Is text printable, with a NUL within size?  what names it.  0, or -1 and why[WHY_SIZE]. */
int text_check(const char *what, const char *text, size_t size, char *why);

/* c, or '?' if c is not printable. */
char text_char(char c);

/* Fill all of to[size] with from, its unprintable bytes as '?', cut to fit; NUL after it. */
void text_copy(char *to, size_t size, const char *from);

#endif
