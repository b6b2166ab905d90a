// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare.c - compare two dumps of a guest's memory page by page
 *
 * usage: compare FIRST SECOND WINDOW-START WINDOW-END MAILBOX
 *
 * Left out are the window, everything below 1 MiB (the jump
 * exchanges it, the BIOS writes below it), the mailbox page, in which C has left
 * its report, and the last MiB, where this QEMU has ACPI tables and no RAM.  Exits with 1 and the addresses if pages differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define LOW 0x100000ul
#define TABLES 0x100000ul

int main(int argc, char **argv)
{
	unsigned long start, end, mailbox, at, size, same = 0, differ = 0, zero = 0;
	static char a[PAGE], b[PAGE], none[PAGE];
	FILE *f, *g;

	if (argc != 6)
		return 2;
	f = fopen(argv[1], "r");
	g = fopen(argv[2], "r");
	if (!f || !g || fseek(f, 0, SEEK_END)) {
		perror("open the dumps");
		return 2;
	}
	size = ftell(f);
	rewind(f);
	start = strtoul(argv[3], NULL, 0);
	end = strtoul(argv[4], NULL, 0);
	mailbox = strtoul(argv[5], NULL, 0);
	for (at = 0; at < size; at += PAGE) {
		if (fread(a, PAGE, 1, f) != 1 || fread(b, PAGE, 1, g) != 1) {
			fprintf(stderr, "compare: a dump ends at %#lx\n", at);
			return 2;
		}
		if (at < LOW || at >= size - TABLES || (at >= start && at < end) || at == mailbox)
			continue;
		if (!memcmp(a, b, PAGE)) {
			same++;
			zero += !memcmp(a, none, PAGE);
		} else if (differ++ < 20) {
			printf("page %#lx differs\n", at);
		}
	}
	printf("note: %lu pages compared, %lu differ, %lu are zero in both\n", same + differ, differ, zero);
	return differ || same < 1000 ? 1 : 0;
}
