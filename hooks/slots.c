// SPDX-License-Identifier: GPL-2.0-only
/*
 * slots.c - slots of a swap area, allocated by this kernel, as a target
 *
 * The kernel hands out free slots through /dev/snapshot (kernel/power/user.c) and takes them
 * back when that is closed.  Until then it swaps nothing to them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/suspend_ioctls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../image/head.h"
#include "../image/slots.h"
#include "carry-out.h"

#define SNAPSHOT "/dev/snapshot"
#define ASK_EACH 4096u		/* slots, between two looks for a stop */

static struct {
	int fd;			/* of SNAPSHOT, which holds the slots; -1: none are held */
	struct target_spec spec;
	const char *lent;		/* the swap file that is swapped to for this alone */
} held = { .fd = -1 };

/* The number of a device as the kernel's new_encode_dev() writes it. */
static uint32_t encode(dev_t dev)
{
	return major(dev) << 8 | (minor(dev) & 0xff) | (minor(dev) & ~0xffu) << 12;
}

/* As many as are wanted, or as there are; *n: how many. */
static uint64_t *allocate(const char *name, uint64_t wanted, size_t *n)
{
	uint64_t *slots = NULL;
	loff_t offset;

	for (*n = 0; *n < wanted; ++*n) {
		if (*n % ASK_EACH == 0 && stop_asked())
			break;
		if (ioctl(held.fd, SNAPSHOT_ALLOC_SWAP_PAGE, &offset) < 0) {
			if (errno == ENOSPC)
				break;
			fail("%s: allocate slot %zu:", name, *n);
			return NULL;
		}
		slots = sys_grow(slots, *n, sizeof *slots);
		slots[*n] = offset;
	}
	if (!*n)
		fail("%s: no slot of it is free", name);
	return *n ? slots : NULL;
}

static int by_place(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Join slots that follow each other.  Returns the number of pieces. */
static size_t join(const uint64_t *slots, size_t n, struct slots_piece **pieces)
{
	struct slots_piece *list = NULL;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (count && list[count - 1].start + list[count - 1].bytes == slots[i]) {
			list[count - 1].bytes += IMAGE_BLOCK;
			continue;
		}
		list = sys_grow(list, count, sizeof *list);
		list[count++] = (struct slots_piece){ slots[i], IMAGE_BLOCK };
	}
	*pieces = list;
	return count;
}

int slots_write(const struct file *f, const struct target_spec *spec, const uint64_t *slots,
		size_t n)
{
	struct slots_piece *pieces;
	size_t count = join(slots, n, &pieces), blocks = count / SLOTS_IN_BLOCK + 1;
	static struct slots_table table[1] __attribute__((aligned(IMAGE_BLOCK)));
	char *page = (char *)table, why[WHY_SIZE];
	struct slots_place place = { .table = slots[0] };

	if (n <= blocks || count > SLOTS_PIECES)
		return fail("%s: %zu free slots in %zu pieces, at most %u pieces are used", f->name,
			    n, count, SLOTS_PIECES);
	/* Without those of the table there are no more pieces than before. */
	free(pieces);
	count = join(slots + blocks, n - blocks, &pieces);
	for (size_t i = 0; i < blocks; i++) {
		size_t first = i * SLOTS_IN_BLOCK, here = count - first;

		if (first >= count)
			break;
		if (here > SLOTS_IN_BLOCK)
			here = SLOTS_IN_BLOCK;
		memset(table, 0, sizeof *table);
		memcpy(table->id, spec->id, sizeof table->id);
		memcpy(table->pieces, pieces + first, here * sizeof *pieces);
		table->npieces = here;
		table->next = first + here < count ? slots[i + 1] : 0;
		slots_table_seal(table);
		if (write_full(f->fd, f->name, table, sizeof *table, slots[i]) < 0)
			return -1;
	}
	free(pieces);
	memcpy(place.id, spec->id, sizeof place.id);
	if (read_full(f->fd, f->name, page, IMAGE_BLOCK, spec->offset) < 0)
		return -1;
	if (slots_place_write(page, &place, why) < 0)
		return fail("%s: %s", f->name, why);
	return write_full(f->fd, f->name, page, IMAGE_BLOCK, spec->offset);
}

static int write_head(const struct target_spec *spec)
{
	struct target t = { .kind = NULL };
	struct image_head head;
	int ret;

	if (target_find(spec, true, 0, &t) < 0)
		return -1;
	state_format(&head, spec->id);
	ret = target_write_head(&t, &head);
	target_close(&t);
	return ret;
}

/* Nothing in it is armed: the plan would have refused. */
static int mark_swap(const struct target_spec *spec)
{
	struct target_spec by_path = *spec;
	struct target t = { .kind = NULL };
	int ret;

	by_path.has_id = false;		/* it has no slots with that id yet */
	if (target_find(&by_path, true, 0, &t) < 0)
		return -1;
	ret = t.kind->announce(&t, false);
	target_close(&t);
	return ret;
}

/*
 * swapon(2) reads the first page through the page cache, which does not know what has been written
 * to the device below.  It refuses a file with holes, or with blocks that are shared or move.
 */
static int lend(const struct planned_target *target)
{
	int fd, flushed;

	if (mark_swap(&target->spec) < 0)
		return -1;
	fd = open(target->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("%s: open %s:", target->text, target->file);
	flushed = fsync(fd);
	if (flushed < 0)
		fail("%s: flush %s:", target->text, target->file);
	else	/* a page that stays makes swapon fail, and that is told */
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	if (flushed < 0)
		return -1;
	held.lent = target->file;
	/* EBUSY: a command that was killed has left it so. */
	if (swapon(target->file, 0) == 0 || errno == EBUSY)
		return 0;
	held.lent = NULL;
	return fail("%s: swapon %s (the kernel's log may say more):", target->text, target->file);
}

int slots_make(const struct planned_target *target, uint64_t bytes)
{
	struct resume_swap_area area = { .offset = target->spec.offset / IMAGE_BLOCK };
	struct file file;
	uint64_t *slots;
	dev_t number;
	size_t n;
	int ret;

	if (held.fd >= 0)
		return fail("%s: slots of one swap area are held, no more than one can be",
			    target->text);
	if (!sys_block(target->device, &number))
		return fail("%s: %s is no block device", target->text, target->device);
	if (target->spec.kind == &target_file && lend(target) < 0)
		return -1;
	held.fd = open(SNAPSHOT, O_RDONLY | O_CLOEXEC);
	if (held.fd < 0)
		return fail("open " SNAPSHOT ":");
	area.dev = encode(number);
	if (ioctl(held.fd, SNAPSHOT_SET_SWAP_AREA, &area) < 0)
		return fail("%s: is not swapped to:", target->text);
	slots = allocate(target->text, bytes / IMAGE_BLOCK + 1, &n);
	if (!slots)
		return -1;
	qsort(slots, n, sizeof *slots, by_place);
	if (file_open(target->device, true, &file) < 0)
		return -1;
	held.spec = target->spec;	/* from here on there is something to be undone */
	held.spec.made = true;
	ret = slots_write(&file, &held.spec, slots, n);
	file_close(&file);
	free(slots);
	return ret < 0 ? -1 : write_head(&held.spec);
}

/* Take the place out of the area's first page. */
static void clear_place(void)
{
	char *page = alloc_pages(IMAGE_BLOCK), why[WHY_SIZE];
	struct file f;

	if (!page || file_open(held.spec.path, true, &f) < 0)
		return;
	if (read_full(f.fd, f.name, page, IMAGE_BLOCK, held.spec.offset) == 0) {
		if (slots_place_write(page, NULL, why) < 0)
			fail("%s: %s", f.name, why);
		else
			write_full(f.fd, f.name, page, IMAGE_BLOCK, held.spec.offset);
	}
	file_close(&f);
	free_pages(page, IMAGE_BLOCK);
}

void slots_end(bool undo)
{
	if (undo && held.spec.made)
		clear_place();
	held.spec.made = false;
	if (held.fd >= 0)
		close(held.fd);
	held.fd = -1;
	if (held.lent && swapoff(held.lent) < 0)
		fail("swapoff %s:", held.lent);
	held.lent = NULL;
}
