// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-freepages.c - a hostile kernel: what its memory says leads the search for free pages
 *
 * An input says how the memory of the unit tests' sleeping kernel is changed:
 *	byte 0		its lowest bits: layout of struct page, levels of page tables, whether
 *			some tables lie in the window
 *	then patches	place, offset (2 bytes, little endian), n, n bytes
 */
#include <stdlib.h>
#include <string.h>

#include "../../image/ram.h"
#include "../unit/sleeper.h"
#include "fuzz.h"

/*
 * Pages that mean something: tables, struct pages, sections, list, entry page, node; and one that
 * gets lost.
 */
static const uint16_t places[] = {
	0x1201, 0x1020, 0x1021, 0x1022, 0x1023, 0x1024, 0x1025, 0x1026, 0x1150, 0x1184, 0x1186,
	0x1187, 0x11a8, 0x11a9, 0x11ab, 0x11ac, 0x1210, 0x1222, 0x1230, 0x510,	0x511,	0x600,
};

#define LAYOUTS 8u

/* Made once: an input changes one of them, and what it changed is put back. */
static struct sleeper sleepers[LAYOUTS];
static struct {
	uint8_t pages[COUNT(places)][IMAGE_BLOCK];
	char note[sizeof sleepers[0].note];
} saved[LAYOUTS];

static void make(struct sleeper *s, unsigned int layout)
{
	uint64_t *table, *page;

	sleeper_begin(s, layout & 1 ? LIKE_6_1 : LIKE_6_12, layout & 2 ? 5 : 4);
	if (!(layout & 4))
		return;
	table = sleeper_entry(s, VMEMMAP, 2);
	page = sleeper_entry(s, VMEMMAP, 1);
	sleeper_exchange(s, *page >> 12 & 0xffffffffff, 0x211, 0x511);
	*page = 0x211063;
	sleeper_exchange(s, *table >> 12 & 0xffffffffff, 0x210, 0x510);
	*table = 0x210067;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	for (unsigned int i = 0; i < LAYOUTS; i++) {
		make(&sleepers[i], i);
		for (size_t p = 0; p < COUNT(places); p++)
			memcpy(saved[i].pages[p], sleeper_at(&sleepers[i], places[p]), IMAGE_BLOCK);
		memcpy(saved[i].note, sleepers[i].note, sizeof saved[i].note);
	}
	return 0;
}
static void patch(struct sleeper *s, const uint8_t *data, size_t len)
{
	for (size_t i = 0; len - i > 4; ) {
		size_t place = data[i] % (COUNT(places) + 1),
		       at = data[i + 1] | (size_t)data[i + 2] << 8;
		size_t n = data[i + 3], left = len - i - 4;
		uint8_t *to = (uint8_t *)s->note, *end = to + s->note_len;

		n = n < left ? n : left;
		if (place < COUNT(places)) {
			to = sleeper_at(s, places[place]);
			end = to + IMAGE_BLOCK;
		}
		to += at % (end - to);
		memcpy(to, data + i + 4, n < (size_t)(end - to) ? n : (size_t)(end - to));
		i += 4 + n;
	}
}

/*
 * Invariants M1 and M3, as far as a map shows them: pages of A's RAM, none that the jump
 * exchanged.
 */
static void check(const struct sleeper *s, const struct freepages *found)
{
	uint64_t pfn = 0, pages = 0, count;

	for (; pagebits_next(&found->map, &pfn, &count); pfn += count, pages += count) {
		must(ram_holds(s->ram, s->nram, pfn, count));
		for (uint64_t i = 0; i < count; i++)
			must(!exchanged_has(&s->exchanged, pfn + i) &&
			     pagebits_has(&found->map, pfn + i));
	}
	must(pages == found->map.set && !found->map.lost);
	for (size_t i = 1; i < s->exchanged.n; i++)
		must(s->exchanged.pairs[i].pfn > s->exchanged.pairs[i - 1].pfn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct freepages found;
	unsigned int layout;
	char why[WHY_SIZE];
	struct sleeper *s;

	if (!len)
		return 0;
	layout = data[0] % LAYOUTS;
	s = &sleepers[layout];
	patch(s, data + 1, len - 1);
	if (sleeper_search(s, &found, why) < 0)
		must(memchr(why, 0, sizeof why));
	else
		check(s, &found);
	for (size_t p = 0; p < COUNT(places); p++)
		memcpy(sleeper_at(s, places[p]), saved[layout].pages[p], IMAGE_BLOCK);
	memcpy(s->note, saved[layout].note, sizeof saved[layout].note);
	return 0;
}
