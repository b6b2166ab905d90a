// SPDX-License-Identifier: GPL-2.0-only
/* page.c - loops over pages in units of a vector register; the checksum is upstream's */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "page.h"

typedef uint64_t vec __attribute__((vector_size(16), may_alias));

#define VECS (IMAGE_BLOCK / sizeof(vec))

/* The compiler must not make memcpy() and memset() of these loops again. */
#define LOOP __attribute__((optimize("O2", "no-tree-loop-distribute-patterns")))

LOOP void pages_copy(void *to, const void *from, size_t pages)
{
	const vec *s = from;
	vec *d = to;

	for (size_t i = 0; i < pages * VECS; i += 4) {
		vec a = s[i], b = s[i + 1], c = s[i + 2], e = s[i + 3];

		d[i] = a;
		d[i + 1] = b;
		d[i + 2] = c;
		d[i + 3] = e;
	}
}

LOOP void pages_fill(void *to, size_t pages, uint8_t byte)
{
	const uint64_t word = byte * 0x0101010101010101ull;
	const vec v = { word, word };
	vec *d = to;

	for (size_t i = 0; i < pages * VECS; i += 4) {
		d[i] = v;
		d[i + 1] = v;
		d[i + 2] = v;
		d[i + 3] = v;
	}
}

LOOP bool page_is_zero(const void *page)
{
	const uint64_t *p = page;

	for (size_t i = 0; i < IMAGE_BLOCK / sizeof *p; i += 8)
		if (p[i] | p[i + 1] | p[i + 2] | p[i + 3] |
		    p[i + 4] | p[i + 5] | p[i + 6] | p[i + 7])
			return false;
	return true;
}

bool page_equal(const void *a, const void *b)
{
	const uint64_t *p = a, *q = b;

	for (size_t i = 0; i < IMAGE_BLOCK / sizeof *p; i += 4)
		if ((p[i] ^ q[i]) | (p[i + 1] ^ q[i + 1]) |
		    (p[i + 2] ^ q[i + 2]) | (p[i + 3] ^ q[i + 3]))
			return false;
	return true;
}

uint64_t sum64(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}
