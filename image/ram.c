// SPDX-License-Identifier: GPL-2.0-only
/* ram.c - lists of physical ranges */
#include <stdlib.h>
#include <string.h>

#include "ram.h"
#include "page.h"
#include "refuse.h"

static int by_start(const void *a, const void *b)
{
	const struct ram_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

int ram_normalize(struct ram_range *ranges, size_t n, char *why)
{
	size_t left = 0;

	if (n)
		qsort(ranges, n, sizeof *ranges, by_start);
	for (size_t i = 0; i < n; i++) {
		const struct ram_range r = ranges[i];

		if (r.start >= r.end)
			return refuse(why, "RAM range %zu: start %#llx, end %#llx", i,
				      (unsigned long long)r.start, (unsigned long long)r.end);
		if (left && r.start < ranges[left - 1].end)
			return refuse(why,
				      "RAM ranges overlap: one ends at %#llx, the next starts at "
				      "%#llx",
				      (unsigned long long)ranges[left - 1].end,
				      (unsigned long long)r.start);
		if (left && r.start == ranges[left - 1].end)
			ranges[left - 1].end = r.end;
		else
			ranges[left++] = r;
	}
	return left;
}

uint64_t ram_bytes(const struct ram_range *ranges, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ranges[i].end - ranges[i].start;
	return sum;
}

uint64_t ram_first_pfn(const struct ram_range *r)
{
	return r->start / IMAGE_BLOCK + (r->start % IMAGE_BLOCK != 0);
}

uint64_t ram_end_pfn(const struct ram_range *r)
{
	uint64_t end = r->end / IMAGE_BLOCK;

	return end < ram_first_pfn(r) ? ram_first_pfn(r) : end;
}

uint64_t ram_pages(const struct ram_range *ranges, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ram_end_pfn(&ranges[i]) - ram_first_pfn(&ranges[i]);
	return sum;
}

uint64_t ram_digest(const struct ram_range *ranges, size_t n)
{
	return sum64(ranges, n * sizeof *ranges);
}

bool ram_holds(const struct ram_range *ranges, size_t n, uint64_t pfn, uint64_t count)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t first = ram_first_pfn(&ranges[i]), end = ram_end_pfn(&ranges[i]);

		if (pfn >= first && pfn < end)
			return count > 0 && count <= end - pfn;
	}
	return false;
}

size_t ram_cut(struct ram_range *ranges, size_t n, struct ram_range cut)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct ram_range r = ranges[i];

		if (r.start < cut.start && r.end > cut.end) {
			memmove(&ranges[i + 1], &ranges[i], (n - i) * sizeof *ranges);
			ranges[i].end = cut.start;
			ranges[i + 1].start = cut.end;
			return n + 1;
		}
		if (r.end > cut.start && r.start < cut.start)
			r.end = cut.start;
		else if (r.start < cut.end && r.end > cut.start)
			r.start = r.end < cut.end ? r.end : cut.end;
		if (r.start < r.end)
			ranges[left++] = r;
	}
	return left;
}
