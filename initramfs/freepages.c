// SPDX-License-Identifier: GPL-2.0-only
/* freepages.c - let the search for free pages see A through /proc/vmcore */
#include "../base/clock.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "freepages.h"

#define NOTES_BYTES	65536u	/* VMCOREINFO is a page; one for each CPU may stand before */
#define MAP_BYTES	(8u << 20)	/* of the map, at most: enough for any layout of 240 GiB */

static void *map_memory;
static size_t map_bytes;

/* Room for the map: what it may need, less if there is less.  Only what it uses is touched. */
static int map_begin(struct freepages *free, const struct ram_range *ram, size_t nram, char *why)
{
	size_t quarter = memfree_kib() / 4 * 1024, table = pagebits_table(ram, nram);

	map_bytes = pagebits_most(ram, nram);
	if (map_bytes > MAP_BYTES)
		map_bytes = MAP_BYTES;
	if (map_bytes > quarter)
		map_bytes = quarter;
	if (table > map_bytes)
		return refuse(why, "a map of them takes %zu bytes, %zu are spared", table,
			      map_bytes);
	map_memory = alloc_pages(map_bytes);
	if (!map_memory)
		return refuse(why, "no memory for a map of them");
	freemap_start(&free->map, ram, nram, map_memory, map_bytes);
	return 0;
}

static int search(struct freepages *free, const struct vmcore *vm, struct exchanged *x,
		  const struct ram_range *ram, size_t nram, char *why)
{
	static struct amem mem;	/* large: no value here, which would be in the program's file */
	struct vmcore_map map = { .vm = vm };
	uint8_t *notes = alloc_pages(NOTES_BYTES);
	size_t len;
	int ret;

	x->room = exchanged_most(x, ram, nram);
	x->pairs = alloc_pages(x->room * sizeof *x->pairs);
	mem.read = vmcore_read;
	mem.map = vmcore_see;
	mem.context = &map;
	if (!notes || !x->pairs)
		ret = refuse(why, "no memory to look for them");
	else
		ret = vmcore_notes(vm, notes, NOTES_BYTES, &len, why) < 0 ||
		      map_begin(free, ram, nram, why) < 0 ||
		      freepages_search(free, &mem, x, notes, len, ram, nram, why) < 0 ? -1 : 0;
	vmcore_unmap(&map);
	free_pages(x->pairs, x->room * sizeof *x->pairs);
	free_pages(notes, NOTES_BYTES);
	return ret;
}

static void report(const struct freepages *free, const struct exchanged *x, uint64_t ms)
{
	if (*free->no_sources)
		info("free pages: %s; all pages that the jump exchanged are saved",
		     free->no_sources);
	if (free->map.lost)
		info("free pages: %llu are saved, the map has no room for them",
		     (ull)free->map.lost);
	if (free->found.unreadable)
		info("free pages: %llu others are broken or offline, and are left out too",
		     (ull)free->found.unreadable);
	info("free pages: %llu in the buddy lists, NR_FREE_PAGES is %llu; "
	     "%llu of %zu exchanged pages hold free ones, %llu times one of them was read; "
	     "%llu are left out, found in %llu ms",
	     (ull)free->found.free, (ull)free->counted, (ull)free->sources, x->n,
	     (ull)free->moved, (ull)free->map.pages, (ull)ms);
}

void freepages_find(struct freepages *free, const struct vmcore *vm, const struct session *s,
		    uint64_t entry, const struct ram_range *ram, size_t nram, struct ram_range low)
{
	char why[WHY_SIZE] = "the sleeping kernel cannot tell what it expects of them";
	uint64_t start = now_ms();
	struct exchanged x;

	*free = (struct freepages){ 0 };
	exchanged_start(&x, low, s->window, entry);
	if (s->leave_out_free && search(free, vm, &x, ram, nram, why) == 0) {
		report(free, &x, now_ms() - start);
	} else {
		info("free pages: %s; all pages are saved", why);
		freepages_end(free);
	}
}

void freepages_end(struct freepages *free)
{
	free_pages(map_memory, map_bytes);
	map_memory = NULL;
	*free = (struct freepages){ 0 };
}
