// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill.c - a process in the guest whose memory is as large and as compressible as wanted
 *
 * usage: fill MIB SEED PERCENT CONTROL
 *
 * Fills MIB of anonymous memory with what SEED alone determines: in regions of
 * 256 KiB, PERCENT of them text of made-up words, which LZ4 packs to about a
 * third, the others random.  For each line written to the FIFO CONTROL it reads
 * all of the memory and appends one line to CONTROL.out:
 *	sum SUM mib MIB ms TIME
 * TIME is what the reading took; it is long if pages have to come back from swap.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REGION (256u << 10)
#define WORDS 4096u
#define WORD_ROOM 16u

static char words[WORDS][WORD_ROOM];
static uint8_t lengths[WORDS];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1d;
}

static void make_words(uint64_t state)
{
	for (unsigned int i = 0; i < WORDS; i++) {
		uint64_t r = next(&state);
		unsigned int n = 3 + r % 8;

		for (unsigned int j = 0; j < n; j++)
			words[i][j] = 'a' + next(&state) % 26;
		words[i][n] = r >> 60 ? ' ' : '\n';
		lengths[i] = n + 1;
	}
}

static void fill_random(uint64_t *p, uint64_t state)
{
	for (unsigned int i = 0; i < REGION / sizeof *p; i++)
		p[i] = next(&state);
}

/*
 * Few words are frequent and most are rare, as in any text, and now and then a phrase comes again.
 */
static void fill_text(char *start, uint64_t state)
{
	char *p = start, *end = start + REGION;

	while (p < end) {
		uint64_t r = next(&state);
		unsigned int i = (r % WORDS) >> (r >> 32) % 12;
		const char *from = words[i];
		size_t n = lengths[i];

		if ((r >> 40) % 8 == 0 && p - start > 8192) {
			from = p - 8192 + (r >> 44) % 8000;
			n = 32 + i % 128;
		}
		if (n > (size_t)(end - p))
			n = end - p;
		memcpy(p, from, n);
		p += n;
	}
}

static uint64_t sum(const uint64_t *p, size_t n)
{
	uint64_t h = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < n; i++)
		h = ((h << 7 | h >> 57) ^ p[i]) * 0xff51afd7ed558ccd;
	return h;
}

static void report(const char *control, const void *memory, size_t size)
{
	struct timespec start, end;
	char name[256];
	uint64_t h;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &start);
	h = sum(memory, size / sizeof h);
	clock_gettime(CLOCK_MONOTONIC, &end);
	snprintf(name, sizeof name, "%s.out", control);
	fd = open(name, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dprintf(fd, "sum %016lx mib %zu ms %ld\n", (unsigned long)h, size >> 20,
			      (end.tv_sec - start.tv_sec) * 1000 +
				      (end.tv_nsec - start.tv_nsec) / 1000000) < 0)
		die(name);
	close(fd);
}

int main(int argc, char **argv)
{
	size_t size;
	uint64_t seed;
	unsigned int percent;
	char line[64], *memory;
	int control;

	if (argc != 5)
		return 2;
	size = strtoul(argv[1], NULL, 10) << 20;
	seed = strtoull(argv[2], NULL, 10) + 0x9e3779b97f4a7c15;
	percent = strtoul(argv[3], NULL, 10);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!size || memory == MAP_FAILED)
		die("mmap");
	make_words(seed);
	for (size_t i = 0; i < size / REGION; i++) {
		uint64_t state = (i + 1) * seed | 1;	/* never 0 */

		if (i * percent / 100 != (i + 1) * percent / 100)
			fill_text(memory + i * REGION, state);
		else
			fill_random((uint64_t *)(memory + i * REGION), state);
	}
	if ((mkfifo(argv[4], 0600) < 0 && access(argv[4], R_OK) < 0) ||
	    (control = open(argv[4], O_RDWR)) < 0)
		die(argv[4]);
	while (read(control, line, sizeof line) > 0)
		report(argv[4], memory, size);
	die("read");
}
