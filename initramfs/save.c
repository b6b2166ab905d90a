// SPDX-License-Identifier: GPL-2.0-only
/* save.c - what is to be saved, the image that is made of it, and where it goes */
#include <string.h>
#include <time.h>

#include "../base/console.h"
#include "../base/guard.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../base/net.h"
#include "../image/ram.h"
#include "../linux/freepages.h"
#include "../restorer/restore.h"
#include "pack.h"
#include "session.h"
#include "writer.h"

#define NET_WAIT_MS 10000u
#define DEVICE_WAIT_MS 20000u	/* a USB stick takes its time */
#define NOTES_BYTES 65536u	/* VMCOREINFO is a page; one for each CPU may stand before */
#define MAP_BYTES (8u << 20)	/* of the map, at most: enough for any layout of 240 GiB */

/* What there is to be saved, found before any target is touched. */
struct source {
	struct machine here;
	struct vmcore vm;
	struct ram_range ram[IMAGE_MAX_RAM + 2];	/* all of A's RAM */
	int nram;
	uint64_t swapped;	/* pages of it that the jump exchanges */
	struct freepages free;	/* all zero: none is known */
	void *map;		/* of free.map */
	size_t map_bytes;
	struct image_guard guards[IMAGE_MAX_GUARDS];
	uint32_t nguards;
};

/*
 * The map of free pages has room for what it may need, less if there is less.  Only
 * what it uses is touched.
 */
static int map_begin(struct source *src, char *why)
{
	size_t quarter = memfree_kib() / 4 * 1024, table = pagebits_table(src->ram, src->nram);

	src->map_bytes = pagebits_most(src->ram, src->nram);
	if (src->map_bytes > MAP_BYTES)
		src->map_bytes = MAP_BYTES;
	if (src->map_bytes > quarter)
		src->map_bytes = quarter;
	if (table > src->map_bytes)
		return refuse(why, "a map of them takes %zu bytes, %zu are spared", table,
			      src->map_bytes);
	src->map = alloc_pages(src->map_bytes);
	if (!src->map)
		return refuse(why, "no memory for a map of them");
	pagebits_start(&src->free.map, src->ram, src->nram, src->map, src->map_bytes);
	return 0;
}

static int search_free(struct source *src, struct exchanged *x, char *why)
{
	static struct amem mem;	/* large: no value here, which would be in the program's file */
	struct vmcore_map map = { .vm = &src->vm };
	uint8_t *notes = alloc_pages(NOTES_BYTES);
	size_t len;
	int ret = -1;

	x->room = exchanged_most(x, src->ram, src->nram);
	x->pairs = alloc_pages(x->room * sizeof *x->pairs);
	mem.read = vmcore_read;
	mem.map = vmcore_see;
	mem.context = &map;
	if (!notes || !x->pairs)
		ret = refuse(why, "no memory to look for them");
	else if (vmcore_notes(&src->vm, notes, NOTES_BYTES, &len, why) == 0 &&
		 map_begin(src, why) == 0)
		ret = freepages_search(&src->free, &mem, x, notes, len, src->ram, src->nram, why);
	vmcore_unmap(&map);
	free_pages(x->pairs, x->room * sizeof *x->pairs);
	free_pages(notes, NOTES_BYTES);
	return ret;
}

static void say_free(const struct freepages *free, size_t exchanged, uint64_t ms)
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
	     (ull)free->found.free, (ull)free->counted, (ull)free->sources, exchanged,
	     (ull)free->moved, (ull)free->map.set, (ull)ms);
}

static void free_end(struct source *src)
{
	free_pages(src->map, src->map_bytes);
	src->map = NULL;
	src->free = (struct freepages){ 0 };
}

/* Fill the map of free pages.  On any doubt one line says what is odd, and it is empty. */
static void free_find(struct source *src, const struct session *s, uint64_t entry)
{
	char why[WHY_SIZE] = "the sleeping kernel cannot tell what it expects of them";
	uint64_t start = now_ms();
	struct exchanged x = {
		.ranges = { src->here.low, s->window },
		.entry = entry,
	};

	if (s->leave_out_free && search_free(src, &x, why) == 0) {
		say_free(&src->free, x.n, now_ms() - start);
	} else {
		info("free pages: %s; all pages are saved", why);
		free_end(src);
	}
}

/*
 * A's RAM is what /proc/vmcore has and what the jump exchanged: this kernel's
 * own memory.  A counted it by other means; if the two differ, a page would be
 * lost, so nothing is saved.
 */
static int source_open(struct source *src, const struct session *s, uint64_t entry)
{
	char why[WHY_SIZE];
	uint64_t pages;
	int n;

	if (machine_read(&src->here) < 0 || file_open("/proc/vmcore", false, &src->vm.file) < 0 ||
	    vmcore_open(&src->vm) < 0)
		return -1;
	/* The loader keeps a little at the window's end for the ELF headers. */
	if (src->here.window.start < s->window.start || src->here.window.end > s->window.end)
		return fail("window: the jump exchanged %#llx-%#llx, this kernel lives in "
			    "%#llx-%#llx", (ull)s->window.start, (ull)s->window.end,
			    (ull)src->here.window.start, (ull)src->here.window.end);
	n = vmcore_ram(&src->vm, src->ram);
	src->ram[n++] = src->here.low;
	src->ram[n++] = s->window;
	src->nram = ram_normalize(src->ram, n, why);
	if (src->nram < 0)
		return fail("memory of the sleeping kernel: %s", why);
	pages = ram_pages(src->ram, src->nram);
	src->swapped = pages - src->vm.pages;
	if (pages != s->ram_pages)
		return fail("RAM map: the sleeping kernel counted %llu pages, here are %llu",
			    (ull)s->ram_pages, (ull)pages);
	free_find(src, s, entry);
	return 0;
}

/* What a boot in between must not have written.  No guard, no image: A could not be protected. */
static int guards_take(struct source *src, const struct session *s)
{
	src->nguards = 0;
	for (uint32_t i = 0; i < s->nguards; i++) {
		src->guards[i] = s->guards[i];
		if (guard_take(&src->guards[i], DEVICE_WAIT_MS) < 0)
			return -1;
		src->nguards++;
	}
	info("guards: fingerprints of %u devices taken", src->nguards);
	return 0;
}

static void describe(struct image_head *head, const struct source *src, const struct session *s,
		     uint64_t entry)
{
	memcpy(head->session, s->id, sizeof head->session);
	head->time = time(NULL);
	head->arch = src->here.arch;
	head->entry = entry;
	head->window = s->window;
	head->low = src->here.low;
	head->mailbox = s->mailbox;
	memcpy(head->cookie, s->cookie, sizeof head->cookie);
	head->ram_digest = src->here.ram_digest;
	head->ram_bytes = src->here.ram_bytes;
	head->cpu = src->here.cpu;
	head->chunk_pages = IMAGE_CHUNK_PAGES;
	head->free_fill = s->free_fill;
	head->no_ata = !s->ata;
	snprintf(head->release, sizeof head->release, "%s", s->release);
}

/* Compare what is on the target now with the memory that it was made of. */
static int verify(const struct writer *w)
{
	struct image img;
	int ret = image_open_whole(&img, &w->target, &w->head);

	if (!ret)
		ret = image_compare(&img);
	image_close_tail(&img);
	return ret;
}

/*
 * The guards but that of a swap area which the image is in: its signature guards it.  Returns
 * their number.
 */
static uint32_t guards_besides(const struct source *src, const struct target *t,
			       struct image_guard *guards)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < src->nguards; i++)
		if (!t->kind->slots || src->guards[i].type != GUARD_SWAP ||
		    memcmp(src->guards[i].uuid, t->uuid, sizeof t->uuid))
			guards[n++] = src->guards[i];
	return n;
}

static int save_image(struct source *src, const struct session *s, uint64_t entry, struct writer *w)
{
	const struct codec *codec = s->codec;
	struct image_guard guards[IMAGE_MAX_GUARDS];
	const struct writer_facts facts = { src->ram, src->nram, guards,
					   guards_besides(src, &w->target, guards), src->swapped };
	int level = s->codec_level;
	char why[WHY_SIZE];

	if (s->codec_auto && choose_codec(w, &src->vm, &src->free.map, &codec, &level) < 0)
		return -1;
	describe(&w->head, src, s, entry);
	w->head.codec = codec->id;
	w->head.codec_level = level;
	if (pack_memory(w, &src->vm, &src->free.map, codec, level) < 0 ||
	    writer_finish(w, &facts) < 0)
		return -1;
	/*
	 * The same kernel restores in the same window: what was free when this one began
	 * is what it will have.  An image that it cannot restore must not be armed.
	 */
	if (restore_fits(codec->id, src->ram, src->nram, src->free.map.used,
			 w->head.tail_length, memfree_seen.first, why) < 0)
		return fail("%s", why);
	return s->verify ? verify(w) : 0;
}

static int save_to(struct source *src, const struct session *s, uint64_t entry,
		   const struct target_spec *spec)
{
	struct target target;
	struct writer w;
	int ret = -1;

	if ((spec->kind->network && s->net.address && net_up(&s->net, NET_WAIT_MS) < 0) ||
	    target_find(spec, true, DEVICE_WAIT_MS, &target) < 0)
		return -1;
	if (writer_begin(&w, &target, src->vm.pages) < 0)
		goto out;
	/* The last moment at which the user may change their mind. */
	if (save_image(src, s, entry, &w) < 0 || abandoned() || writer_arm(&w) < 0) {
		writer_abandon(&w, log_last_failure());
		goto out;
	}
	info("image on %s is armed: %llu MiB, pages: %llu saved, %llu zero, %llu free, %llu "
	     "exchanged by the jump",
	     target.name, (ull)((w.head.tail_offset + w.head.tail_length) >> 20),
	     (ull)w.pages[CHUNK_DATA], (ull)w.pages[CHUNK_ZERO],
	     (ull)w.pages[CHUNK_FREE], (ull)src->swapped);
	ret = 0;
out:
	writer_end(&w);
	return ret;
}

/* Try the targets in order. */
static enum save_result save_to_first(struct source *src, const struct session *s, uint64_t entry)
{
	for (int i = 0; i < s->ntargets && !abandoned(); i++) {
		/* A failed attempt may have written to a swap area. */
		if (i && guards_take(src, s) < 0)
			return SAVE_NO_GUARD;
		if (save_to(src, s, entry, &s->targets[i]) == 0)
			return SAVED;
	}
	return SAVE_NO_TARGET;
}

enum save_result save(const struct session *s, uint64_t entry)
{
	static struct source src;	/* large; a value here would be in the program's file */
	enum save_result ret = SAVE_NO_TARGET;

	src.vm.file.fd = -1;
	if (source_open(&src, s, entry) < 0)
		ret = SAVE_NO_SOURCE;
	else if (guards_take(&src, s) < 0)
		ret = SAVE_NO_GUARD;
	else
		ret = save_to_first(&src, s, entry);
	if (ret != SAVED && abandoned())
		ret = SAVE_ABANDONED;
	free_end(&src);
	file_close(&src.vm.file);
	return ret;
}
