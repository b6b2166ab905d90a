/* SPDX-License-Identifier: GPL-2.0-only */
/* memfree.h - how close the helper came to the limits of its memory */
#ifndef BASE_MEMFREE_H
#define BASE_MEMFREE_H

unsigned int memfree_kib(void);	/* MemFree now, 0 if it cannot be told */
void memfree_sample(void);		/* look at MemFree now */
unsigned int memfree_least_kib(void);	/* the least that was seen, 0 if never looked */
unsigned int memfree_first_kib(void);	/* what was seen first, 0 if never looked */

#endif
