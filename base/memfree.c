// SPDX-License-Identifier: GPL-2.0-only
/* memfree.c - sample MemFree of /proc/meminfo; with direct I/O there is no cache to speak of */
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "memfree.h"

static unsigned int least, first;

unsigned int memfree_kib(void)
{
	char text[4096], *p;

	if (read_text("/proc/meminfo", text, sizeof text) < 0)
		return 0;
	p = strstr(text, "\nMemFree:");
	return p ? strtoul(p + strlen("\nMemFree:"), NULL, 10) : 0;
}

void memfree_sample(void)
{
	unsigned int kib = memfree_kib();

	if (!first)
		first = kib;
	if (kib && (!least || kib < least))
		least = kib;
}

unsigned int memfree_least_kib(void)
{
	return least;
}

unsigned int memfree_first_kib(void)
{
	return first;
}
