// SPDX-License-Identifier: GPL-2.0-only
/* leaveout.c - let the search for free pages see A through /proc/vmcore */
#include "../base/io.h"
#include "../image/refuse.h"
#include "leaveout.h"

#define NOTES_BYTES 65536u	/* VMCOREINFO is at most a page; a note for each CPU may stand before it */

static int source_read(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why)
{
	return vmcore_read(((struct vmcore_map *)mem->context)->vm, phys, buf, len, why);
}

static const void *source_map(struct amem *mem, uint64_t phys, size_t len, char *why)
{
	return vmcore_see(mem->context, phys, len, why);
}

void leaveout_find(struct freepages *free, const struct vmcore *vm, const struct session *s,
		   uint64_t entry, const struct ram_range *ram, size_t nram, struct ram_range low)
{
	static struct amem mem;
	struct vmcore_map map = { .vm = vm };
	const struct ram_range swapped[] = { low, s->window };
	uint8_t *notes = alloc_pages(NOTES_BYTES);
	char why[WHY_SIZE];
	size_t len;

	mem.read = source_read;
	mem.map = source_map;
	mem.context = &map;
	if (!s->leave_out_free)
		freepages_none(free, "the sleeping kernel cannot tell what it expects of them");
	else if (!notes)
		freepages_none(free, "no memory for the notes of /proc/vmcore");
	else if (vmcore_notes(vm, notes, NOTES_BYTES, &len, why) < 0)
		freepages_none(free, why);
	else
		freepages_find(free, &mem, notes, len, entry, ram, nram, swapped, 2);
	vmcore_unmap(&map);
	free_pages(notes, NOTES_BYTES);
}
