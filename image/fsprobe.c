// SPDX-License-Identifier: GPL-2.0-only
/* fsprobe.c - recognise file systems by their superblocks; every number in one is hostile */
#include <stdio.h>
#include <string.h>

#include "fsprobe.h"
#include "page.h"

#define SWAP_STEP	(1u << 20)	/* the smallest cluster of slots */
#define SWAP_STEPS	128u
#define FAT_BYTES	(4u << 20)	/* of the first FAT */
#define OTHER_PART	(128u << 10)

static uint32_t le16(const uint8_t *p) { return p[0] | p[1] << 8; }
static uint32_t le32(const uint8_t *p) { return le16(p) | le16(p + 2) << 16; }
static uint32_t be16(const uint8_t *p) { return p[0] << 8 | p[1]; }
static uint32_t be32(const uint8_t *p) { return be16(p) << 16 | be16(p + 2); }
static uint64_t be64(const uint8_t *p) { return (uint64_t)be32(p) << 32 | be32(p + 4); }
static bool power_of_two(uint32_t n) { return n && !(n & (n - 1)); }

/* What of [offset, offset + bytes) lies on the device. */
static void add(struct fsprobe *p, uint64_t size, uint64_t offset, uint64_t bytes)
{
	if (offset >= size || !bytes || p->nranges == FSPROBE_RANGES)
		return;
	if (bytes > size - offset)
		bytes = size - offset;
	p->ranges[p->nranges++] = (struct ram_range){ offset, offset + bytes };
}

/* The first type that is found names the device; the bytes of the others count as well. */
static void found(struct fsprobe *p, enum guard_type type, const uint8_t *uuid, size_t bytes)
{
	if (p->type != GUARD_OTHER)
		return;
	p->type = type;
	memcpy(p->uuid, uuid, bytes);
}

/* Mounting for writing counts up s_mnt_count, replaying the journal clears a feature. */
static void probe_ext(struct fsprobe *p, const uint8_t *start, uint64_t size)
{
	const uint8_t *sb = start + 1024;

	if (le16(sb + 0x38) != 0xef53 || !le32(sb) || le32(sb + 0x18) > 6)
		return;
	found(p, GUARD_EXT, sb + 0x68, 16);
	add(p, size, 1024, 1024);
}

/*
 * A mount need not change the superblock, but whoever may write ends with a record in the
 * log.  The sectors behind the superblock are headers of the first allocation group.
 */
static void probe_xfs(struct fsprobe *p, const uint8_t *sb, uint64_t size)
{
	uint32_t block_bytes = be32(sb + 4), ag_blocks = be32(sb + 84), log_blocks = be32(sb + 96);
	uint32_t sector = be16(sb + 102), ag_log = sb[124];
	uint64_t log_start = be64(sb + 48), ag, block, blocks;

	if (memcmp(sb, "XFSB", 4) || !power_of_two(block_bytes) || block_bytes < 512 ||
	    block_bytes > 65536 || !power_of_two(sector) || sector < 512 || sector > 32768 ||
	    ag_log > 31 || !ag_blocks)
		return;
	found(p, GUARD_XFS, sb + 32, 16);
	add(p, size, 0, 4 * sector);
	/* A block's number is that of its group and one in it; 0 is a log on another device. */
	ag = log_start >> ag_log;
	block = log_start & ((1ull << ag_log) - 1);
	blocks = size / block_bytes;
	if (!log_start || ag > blocks / ag_blocks || block > blocks - ag * ag_blocks)
		return;
	block += ag * ag_blocks;
	if (!log_blocks || log_blocks > blocks - block)
		return;
	p->log_start = block * block_bytes;
	p->log_end = p->log_start + (uint64_t)log_blocks * block_bytes;
}

/* Each commit writes a new generation.  The device's own id: those of a set share the other. */
static void probe_btrfs(struct fsprobe *p, const uint8_t *start, uint64_t size)
{
	const uint8_t *sb = start + 0x10000;

	if (memcmp(sb + 0x40, "_BHRfS_M", 8))
		return;
	found(p, GUARD_BTRFS, sb + 0x10b, 16);
	add(p, size, 0x10000, 4096);
}

/*
 * A mount sets a flag in the boot sector; what grows or is deleted changes the FAT and
 * FSINFO, what is made or renamed at the top the root directory.
 */
static void probe_vfat(struct fsprobe *p, const uint8_t *b, uint64_t size)
{
	uint32_t sector = le16(b + 11), cluster = b[13], reserved = le16(b + 14), fats = b[16];
	uint32_t root_entries = le16(b + 17), fat16 = le16(b + 22), fat32 = le32(b + 36);
	uint64_t fat_sectors = fat16 ? fat16 : fat32, fat, data, fat_bytes;

	if (b[510] != 0x55 || b[511] != 0xaa || !power_of_two(sector) || sector < 512 ||
	    sector > 4096 || !power_of_two(cluster) || !reserved || !fats || fats > 2 ||
	    b[21] < 0xf0 || !fat_sectors || (!fat16 && root_entries))
		return;
	found(p, GUARD_VFAT, b + (fat16 ? 39 : 67), 4);
	fat = (uint64_t)reserved * sector;
	data = fat + fats * fat_sectors * sector;
	fat_bytes = fat_sectors * sector;
	add(p, size, 0, sector);
	add(p, size, fat, fat_bytes < FAT_BYTES ? fat_bytes : FAT_BYTES);
	if (fat16) {
		add(p, size, data, root_entries * 32);
		return;
	}
	add(p, size, (uint64_t)le16(b + 48) * sector, sector);	/* FSINFO */
	if (le32(b + 44) >= 2)
		add(p, size, data + (le32(b + 44) - 2ull) * cluster * sector,
		    (uint64_t)cluster * sector);
}

/*
 * mkswap and swsusp write the header.  Swapping on a rotating disk begins with the first
 * slots; else with the first slot of a cluster, a MiB or two, within the first 64 MiB.
 */
static void probe_swap(struct fsprobe *p, const uint8_t *start, uint64_t size)
{
	if (memcmp(start + 4096 - 10, "SWAPSPACE2", 10) &&
	    memcmp(start + 4096 - 10, "S1SUSPEND", 9))
		return;
	found(p, GUARD_SWAP, start + 1036, 16);
	add(p, size, 0, SWAP_STEP);
	for (uint64_t i = 1; i <= SWAP_STEPS; i++)
		add(p, size, i * SWAP_STEP, 4096);
}

/*
 * Unknown, or a layer below file systems: its head and end, and where a superblock is in
 * LVM (1 MiB), LUKS (2 and 16 MiB) and LVM in LUKS (17 MiB).  Encrypted, it changes too.
 */
static void probe_other(struct fsprobe *p, const uint8_t *start, uint64_t size)
{
	static const uint32_t places[] = { 0, 1 << 20, 2 << 20, 16 << 20, 17 << 20 };
	uint64_t id = sum64(start, 4096);

	/* Known again by its first block (LUKS, LVM), or as a member of an MD array by its id. */
	if (le32(start + 4096) == 0xa92b4efc)
		memcpy(p->uuid, start + 4096 + 168, sizeof p->uuid);
	else
		memcpy(p->uuid, &id, sizeof id);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		add(p, size, places[i], OTHER_PART);
	add(p, size, size > OTHER_PART ? size - OTHER_PART : 0, OTHER_PART);
}

void fsprobe(const uint8_t *start, uint64_t size, struct fsprobe *p)
{
	memset(p, 0, sizeof *p);
	p->type = GUARD_OTHER;
	/* A file system may leave the superblock of an older one standing: look for all of them. */
	probe_ext(p, start, size);
	probe_xfs(p, start, size);
	probe_btrfs(p, start, size);
	probe_vfat(p, start, size);
	probe_swap(p, start, size);
	if (p->type == GUARD_OTHER)
		probe_other(p, start, size);
}

/* A record's header starts with a magic number, its cycle follows; others have it in front. */
uint32_t fsprobe_log_cycle(const uint8_t sector[FSPROBE_SECTOR])
{
	return be32(sector + (be32(sector) == 0xfeedbabe ? 4 : 0));
}

void fsprobe_log_head(struct fsprobe *p, uint64_t head)
{
	uint64_t start = p->log_start;

	if (head - start > FSPROBE_LOG_PART)
		start = head - FSPROBE_LOG_PART;
	add(p, p->log_end, start, head - start + FSPROBE_LOG_PART);
}

static const char *const type_names[] = {
	"?", "contents", "ext4", "xfs", "btrfs", "vfat", "swap",
};

const char *guard_type_name(uint32_t type)
{
	return type_names[type < sizeof type_names / sizeof *type_names ? type : 0];
}

uint32_t guard_type_by_name(const char *name)
{
	for (uint32_t i = GUARD_OTHER; i <= GUARD_SWAP; i++)
		if (!strcmp(type_names[i], name))
			return i;
	return 0;
}

void guard_uuid_text(const struct image_guard *g, char text[GUARD_UUID_TEXT])
{
	const uint8_t *u = g->uuid;

	*text = 0;
	if (g->type == GUARD_VFAT)
		snprintf(text, GUARD_UUID_TEXT, "%02X%02X-%02X%02X", u[3], u[2], u[1], u[0]);
	else if (g->type != GUARD_OTHER)
		snprintf(text, GUARD_UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			 "%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7],
			 u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}
