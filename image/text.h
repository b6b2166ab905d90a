/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IMAGE_TEXT_H
#define IMAGE_TEXT_H

#include <stddef.h>

/*
 * Texts of an image are printed for people and parsed line by line: printable
 * ASCII, ended by NUL within size.  what names it.  0, or -1 and why[WHY_SIZE].
 */
int text_check(const char *what, const char *text, size_t size, char *why);

#endif
