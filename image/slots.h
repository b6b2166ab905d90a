/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slots.h - an image in free slots of a swap area: docs/image-format.md, section 10
 *
 * Kernel A allocates the slots, so it never swaps to them.  The first page of the area, between
 * mkswap's fields and the signature, says where a table of them is; the image is what they hold,
 * one after the other.
 */
#ifndef IMAGE_SLOTS_H
#define IMAGE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"

/* In the first page of an area: union swap_header of the kernel's linux/swap.h. */
#define SWAP_LAST_PAGE		1028u	/* number of the area's last page */
#define SWAP_BAD_COUNT		1032u
#define SWAP_UUID		1036u
#define SWAP_BAD		1536u	/* numbers of bad pages, 4 bytes each */
#define SWAP_SIGNATURE		(IMAGE_BLOCK - 10)
#define SLOTS_PLACE		3072u	/* of struct slots_place */

#define SLOTS_PLACE_MAGIC	0x31504c534249484bull	/* "KHIBSLP1" */
#define SLOTS_TABLE_MAGIC	0x31544c534249484bull	/* "KHIBSLT1" */
#define SLOTS_PIECES		32768u	/* of one image, at most */

struct slots_place {
	uint64_t magic;
	uint8_t  id[16];	/* of the target: new for each image */
	uint64_t table;		/* byte of the device at which the table begins */
	uint64_t sum;		/* XXH3 of the above */
};

/* Bytes [start, start + bytes) of the device, whole pages. */
struct slots_piece {
	uint64_t start, bytes;
};

#define SLOTS_IN_BLOCK ((IMAGE_BLOCK - 48) / sizeof(struct slots_piece))

/* The table: blocks, each with the place of the next one. */
struct slots_table {
	uint64_t magic;
	uint8_t  id[16];
	uint64_t next;		/* byte of the device; 0: this is the last */
	uint64_t npieces;
	struct slots_piece pieces[SLOTS_IN_BLOCK];
	uint64_t sum;		/* XXH3 of all that stands before */
};
_Static_assert(sizeof(struct slots_table) == IMAGE_BLOCK, "a table's block is one block");

/*
 * What the signature says: a swap area, also that of a running system; one that holds an image
 * which may be resumed; or neither.  The second is uswsusp's, which swapon(8) turns back into
 * the first.
 */
enum swap_area { AREA_NONE, AREA_SWAP, AREA_ARMED };
enum swap_area swap_area(const void *page);
void swap_area_mark(void *page, enum swap_area area);	/* not AREA_NONE */

/* Is a place in this first page of an area? */
bool slots_place_read(const void *page, struct slots_place *place);

/* Put one there, or zeroes if place is NULL.  -1 and why[WHY_SIZE]: bad pages stand there. */
int slots_place_write(void *page, const struct slots_place *place, char *why);

void slots_table_seal(struct slots_table *table);

/* Is it a block of the table of the target with this id, on a device of size bytes? */
int slots_table_check(const struct slots_table *table, const uint8_t id[16], uint64_t size,
		      char *why);

#endif
