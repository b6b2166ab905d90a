/* SPDX-License-Identifier: GPL-2.0-only */
/* window.h - how close the helper came to the limits of its memory */
#ifndef BASE_WINDOW_H
#define BASE_WINDOW_H

unsigned int window_free_kib(void);	/* MemFree now, 0 if it cannot be told */
void window_sample(void);		/* look at MemFree now */
unsigned int window_least_kib(void);	/* the least that was seen, 0 if never looked */

#endif
