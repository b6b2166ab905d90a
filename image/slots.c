// SPDX-License-Identifier: GPL-2.0-only
/* slots.c - the first page of a swap area and the table of slots; every byte of them is hostile */
#include <string.h>

#include "page.h"
#include "refuse.h"
#include "slots.h"

#define SIGNATURE_BYTES 10

static const char signatures[][SIGNATURE_BYTES] = {
	[AREA_SWAP] = { 'S', 'W', 'A', 'P', 'S', 'P', 'A', 'C', 'E', '2' },
	[AREA_ARMED] = { 'U', 'L', 'S', 'U', 'S', 'P', 'E', 'N', 'D', 0 },
};

enum swap_area swap_area(const void *page)
{
	for (enum swap_area area = AREA_SWAP; area <= AREA_ARMED; area++)
		if (!memcmp((const char *)page + SWAP_SIGNATURE, signatures[area],
			    SIGNATURE_BYTES))
			return area;
	return AREA_NONE;
}

void swap_area_mark(void *page, enum swap_area area)
{
	memcpy((char *)page + SWAP_SIGNATURE, signatures[area], SIGNATURE_BYTES);
}

static uint64_t place_sum(const struct slots_place *place)
{
	return sum64(place, offsetof(struct slots_place, sum));
}

bool slots_place_read(const void *page, struct slots_place *place)
{
	memcpy(place, (const char *)page + SLOTS_PLACE, sizeof *place);
	return place->magic == SLOTS_PLACE_MAGIC && place->sum == place_sum(place);
}

int slots_place_write(void *page, const struct slots_place *place, char *why)
{
	struct slots_place sealed = { 0 };
	uint32_t bad;

	memcpy(&bad, (char *)page + SWAP_BAD_COUNT, sizeof bad);
	if (bad > (SLOTS_PLACE - SWAP_BAD) / sizeof bad)
		return refuse(why, "swap area with %u bad pages, at most %zu are known", bad,
			      (SLOTS_PLACE - SWAP_BAD) / sizeof bad);
	if (place) {
		sealed = *place;
		sealed.magic = SLOTS_PLACE_MAGIC;
		sealed.sum = place_sum(&sealed);
	}
	memcpy((char *)page + SLOTS_PLACE, &sealed, sizeof sealed);
	return 0;
}

static uint64_t table_sum(const struct slots_table *table)
{
	return sum64(table, offsetof(struct slots_table, sum));
}

void slots_table_seal(struct slots_table *table)
{
	table->magic = SLOTS_TABLE_MAGIC;
	table->sum = table_sum(table);
}

int slots_table_check(const struct slots_table *table, const uint8_t id[16], uint64_t size,
		      char *why)
{
	if (table->magic != SLOTS_TABLE_MAGIC || memcmp(table->id, id, sizeof table->id))
		return refuse(why, "table of slots: magic %#llx, id %02x%02x...; of its own are "
			      "%#llx, %02x%02x...", (ull)table->magic, table->id[0], table->id[1],
			      (ull)SLOTS_TABLE_MAGIC, id[0], id[1]);
	if (table->sum != table_sum(table))
		return refuse(why, "table of slots: checksum is %016llx, its contents have %016llx",
			      (ull)table->sum, (ull)table_sum(table));
	if (!table->npieces || table->npieces > SLOTS_IN_BLOCK)
		return refuse(why, "table of slots: %llu pieces in a block, at most %zu fit",
			      (ull)table->npieces, SLOTS_IN_BLOCK);
	for (size_t i = 0; i < table->npieces; i++) {
		const struct slots_piece *p = &table->pieces[i];

		if (!p->bytes || p->bytes % IMAGE_BLOCK || p->start % IMAGE_BLOCK || !p->start ||
		    p->start > size || p->bytes > size - p->start)
			return refuse(why,
				      "table of slots: %llu bytes at %llu, the device has %llu",
				      (ull)p->bytes, (ull)p->start, (ull)size);
	}
	return 0;
}
