/* SPDX-License-Identifier: GPL-2.0-only */
/* clock.h - how long something takes, and what day it is */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since this kernel booted, in steps of 10: setting the clock changes nothing. */
uint64_t now_ms(void);

/* Microseconds, for spans so short that nobody sets the clock meanwhile. */
uint64_t now_us(void);

/* Seconds since 1970, by the machine's clock. */
uint64_t now_date(void);

#endif
