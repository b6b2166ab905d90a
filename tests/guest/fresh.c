// SPDX-License-Identifier: GPL-2.0-only
/*
 * fresh.c - is memory that the kernel hands out all zero?
 *
 * usage: fresh MIB
 *
 * A kernel with init_on_free does not clear memory when it is allocated.
 * Prints how many pages are not zero, and exits with 1 if there is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) << 20 : 0, dirty = 0;
	volatile unsigned char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!bytes || p == MAP_FAILED)
		return 2;
	for (size_t at = 0; at < bytes; at += 4096) {
		size_t i = 0;

		p[at + 4095] += 0;	/* else it is read from the one page of zeroes */
		while (i < 4096 && !p[at + i])
			i += 16;
		dirty += i < 4096;
	}
	printf("%zu of %zu pages are not zero\n", dirty, bytes / 4096);
	return dirty > 0;
}
