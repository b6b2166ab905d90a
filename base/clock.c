// SPDX-License-Identifier: GPL-2.0-only
/* clock.c - klibc has no clock_gettime(); times() counts up whatever becomes of the clock */
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "clock.h"

#define TICKS_PER_S 100u	/* USER_HZ of x86 */

uint64_t now_ms(void)
{
	struct tms unused;

	return (uint64_t)times(&unused) * (1000 / TICKS_PER_S);
}

uint64_t now_us(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return tv.tv_sec * 1000000ull + tv.tv_usec;
}

uint64_t now_date(void)
{
	return time(NULL);
}
