// SPDX-License-Identifier: GPL-2.0-only
/* window.c - sample MemFree of /proc/meminfo; with direct I/O there is no cache to speak of */
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "window.h"

static unsigned int least;

void window_sample(void)
{
	char text[4096], *p;
	unsigned int kib;

	if (read_text("/proc/meminfo", text, sizeof text) < 0)
		return;
	p = strstr(text, "\nMemFree:");
	if (!p)
		return;
	kib = strtoul(p + strlen("\nMemFree:"), NULL, 10);
	if (!least || kib < least)
		least = kib;
}

unsigned int window_least_kib(void)
{
	return least;
}
