// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare.c - compare two dumps of a guest's memory page by page
 *
 * usage: compare FIRST SECOND WINDOW-START WINDOW-END MAILBOX IMAGE MOST-FREE
 *
 * Left out are the window, everything below 1 MiB (the jump exchanges it, the
 * BIOS writes below it), the mailbox page, in which C has left its report, the
 * last MiB, where this QEMU has ACPI tables and no RAM, and what the image has
 * as free.  Exits with 1 and the addresses if pages differ, or if that says nothing:
 * fewer than LEAST pages with data are equal, or more than MOST-FREE are left out as free.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../image/format.h"

#define PAGE 4096
#define LOW 0x100000ul
#define TABLES 0x100000ul
#define LEAST 40000ul		/* the test's random data alone are more */

/* Mark the free pages of the image in free[pages]; how many they are, or -1. */
static long read_free(const char *name, char *free, unsigned long pages)
{
	static struct image_head head;
	static struct chunk_head chunk;
	FILE *f = fopen(name, "r");
	uint64_t at = PAGE;
	long n = 0;

	if (!f || fread(&head, PAGE, 1, f) != 1)
		return -1;
	for (; at < head.tail_offset; at += PAGE + (chunk.packed + PAGE - 1ul) / PAGE * PAGE) {
		if (fseek(f, at, SEEK_SET) || fread(&chunk, PAGE, 1, f) != 1 ||
		    chunk.magic != IMAGE_CHUNK_MAGIC || chunk.nruns > CHUNK_RUNS)
			return -1;
		for (uint32_t i = 0; chunk.kind == CHUNK_FREE && i < chunk.nruns; i++)
			for (uint32_t j = 0; j < chunk.runs[i].count; j++, n++)
				if (chunk.runs[i].pfn + j < pages)
					free[chunk.runs[i].pfn + j] = 1;
	}
	fclose(f);
	return n;
}

int main(int argc, char **argv)
{
	unsigned long start, end, mailbox, at, size, same = 0, differ = 0, zero = 0;
	static char a[PAGE], b[PAGE], none[PAGE];
	char *free;
	long nfree, most_free;
	FILE *f, *g;

	if (argc != 8)
		return 2;
	f = fopen(argv[1], "r");
	g = fopen(argv[2], "r");
	if (!f || !g || fseek(f, 0, SEEK_END)) {
		perror("open the dumps");
		return 2;
	}
	size = ftell(f);
	rewind(f);
	free = calloc(1, size / PAGE);
	nfree = free ? read_free(argv[6], free, size / PAGE) : -1;
	if (nfree < 0) {
		fprintf(stderr, "compare: %s: its chunks cannot be read\n", argv[6]);
		return 2;
	}
	start = strtoul(argv[3], NULL, 0);
	end = strtoul(argv[4], NULL, 0);
	mailbox = strtoul(argv[5], NULL, 0);
	most_free = strtol(argv[7], NULL, 0);
	for (at = 0; at < size; at += PAGE) {
		if (fread(a, PAGE, 1, f) != 1 || fread(b, PAGE, 1, g) != 1) {
			fprintf(stderr, "compare: a dump ends at %#lx\n", at);
			return 2;
		}
		if (at < LOW || at >= size - TABLES || (at >= start && at < end) || at == mailbox ||
		    free[at / PAGE])
			continue;
		if (!memcmp(a, b, PAGE)) {
			same++;
			zero += !memcmp(a, none, PAGE);
		} else if (differ++ < 20) {
			printf("page %#lx differs\n", at);
		}
	}
	printf("note: %lu pages compared, %lu differ, %lu are zero in both; %ld are free, %ld at "
	       "most\n",
	       same + differ, differ, zero, nfree, most_free);
	if (same - zero < LEAST)
		printf("only %lu pages with data are equal, at least %lu are wanted\n", same - zero,
		       LEAST);
	if (nfree > most_free)
		printf("%ld pages are free in the image, of %ld available before\n", nfree,
		       most_free);
	return differ || same - zero < LEAST || nfree > most_free;
}
