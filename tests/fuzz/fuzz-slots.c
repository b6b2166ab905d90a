// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-slots.c - a hostile swap area: the place of a table of slots, its blocks, and a head
 *
 * The input: where the table is, then blocks of it that stand from page 1 on; each has its
 * magic, id and checksum set if its first byte is even.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../image/head.h"
#include "../../image/refuse.h"
#include "../../image/slots.h"
#include "../../targets/target.h"
#include "fuzz.h"

#define PAGES 8u

static int disk_fd;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	disk_fd = memfd_create("disk", MFD_CLOEXEC);
	must(disk_fd >= 0);
	return 0;
}

static void make_area(const uint8_t *data, size_t len, uint8_t *disk, struct target_spec *spec)
{
	struct slots_place place = { .id = "fuzz" };
	char why[WHY_SIZE];

	memset(disk, 0, PAGES * IMAGE_BLOCK);
	if (len >= sizeof place.table)
		memcpy(&place.table, data, sizeof place.table);
	len -= len < sizeof place.table ? len : sizeof place.table;
	if (len > (PAGES - 1) * IMAGE_BLOCK)
		len = (PAGES - 1) * IMAGE_BLOCK;
	memcpy(disk + IMAGE_BLOCK, data + sizeof place.table, len);
	for (unsigned int i = 1; i < PAGES; i++) {
		struct slots_table *table = (struct slots_table *)(disk + i * IMAGE_BLOCK);

		if (*(uint8_t *)table % 2)
			continue;
		memcpy(table->id, place.id, sizeof table->id);
		slots_table_seal(table);
	}
	must(slots_place_write(disk, &place, why) == 0);
	swap_area_mark(disk, len % 2 ? AREA_SWAP : AREA_ARMED);
	memcpy(spec->id, place.id, sizeof spec->id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t disk[PAGES * IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));
	struct target_spec spec = { .kind = &target_swap, .made = len % 3 == 0 };
	struct target t;
	struct image_head head;

	if (len < sizeof(uint64_t))
		return 0;
	snprintf(spec.path, sizeof spec.path, "/proc/self/fd/%d", disk_fd);
	make_area(data, len, disk, &spec);
	must(!ftruncate(disk_fd, 0) &&
	     pwrite(disk_fd, disk, sizeof disk, 0) == (ssize_t)sizeof disk);
	if (target_find(&spec, true, 0, &t) < 0)
		return 0;
	must(t.npieces <= SLOTS_PIECES && t.size % IMAGE_BLOCK == 0);
	/* None are left of a table in slots that have been swapped to. */
	must(!t.npieces == !t.size && (t.npieces || t.disarmed));
	for (uint32_t i = 0; i < t.npieces; i++)
		must(t.pieces[i].start < sizeof disk &&
		     t.pieces[i].bytes <= sizeof disk - t.pieces[i].start);
	if (target_read_head(&t, &head) == 0)
		target_write_head(&t, &head);
	target_read(&t, disk, IMAGE_BLOCK, t.size - IMAGE_BLOCK);
	target_close(&t);
	return 0;
}
