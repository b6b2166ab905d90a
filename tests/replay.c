// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - what a disk may hold after a power cut, from a log of its writes
 *
 * usage: replay LOG				print how many flushes there are
 *        replay LOG DISK FLUSHES SPAN SEED
 *
 * LOG is that of QEMU's blklogwrites, in the format of dm-log-writes.  DISK, a
 * blank file, gets all that was written before the FLUSHES-th flush, and of
 * what was written from there on, up to the SPAN-th flush behind it, a random
 * part: a disk with a cache may have written any of it, in any order, and a
 * write may be torn.  SPAN is 1; a larger one shows what the flushes are for.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAGIC 0x6a736677736872ull
#define LOG_FLUSH 1
#define LOG_DISCARD 4
#define PIECE 512u		/* a disk writes this much as a whole */
#define MAX_WRITE (64u << 20)

struct log_super {
	uint64_t magic, version, entries;
	uint32_t sector_size;
};

struct log_entry {
	uint64_t sector, sectors, flags, data_len;
};

enum fate { LOST, WRITTEN, FRONT, PIECES, FATES };

static int log_fd, disk_fd = -1;
static uint64_t seed;

/* SplitMix64: neighbouring seeds must not give alike disks, as those of rand_r() do. */
static uint64_t draw(uint64_t below)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

static void die(const char *what)
{
	fprintf(stderr, "replay: ");
	perror(what);
	exit(2);
}

static void get(void *buf, size_t len, uint64_t off)
{
	if (pread(log_fd, buf, len, off) != (ssize_t)len)
		die("read the log");
}

static void put(const char *buf, size_t len, uint64_t off)
{
	if (pwrite(disk_fd, buf, len, off) != (ssize_t)len)
		die("write the disk");
}

/* A write that no flush has covered yet. */
static void put_some(const char *buf, size_t len, uint64_t off)
{
	enum fate fate = draw(FATES);
	size_t front = len / PIECE ? draw(len / PIECE) * PIECE : 0;

	if (fate == WRITTEN)
		put(buf, len, off);
	else if (fate == FRONT)
		put(buf, front, off);
	else if (fate == PIECES)
		for (size_t i = 0; i < len; i += PIECE)
			if (draw(2))
				put(buf + i, len - i < PIECE ? len - i : PIECE, off + i);
}

int main(int argc, char **argv)
{
	static char buf[MAX_WRITE];
	uint64_t flushes = 0, safe = 0, end = UINT64_MAX, at;
	struct log_super super;
	struct log_entry e;

	if (argc != 2 && argc != 6)
		return 2;
	log_fd = open(argv[1], O_RDONLY);
	if (log_fd < 0)
		die(argv[1]);
	if (argc == 6) {
		disk_fd = open(argv[2], O_WRONLY);
		if (disk_fd < 0)
			die(argv[2]);
		safe = strtoull(argv[3], NULL, 10);
		end = safe + strtoull(argv[4], NULL, 10);
		seed = strtoull(argv[5], NULL, 10);
	}
	get(&super, sizeof super, 0);
	if (super.magic != LOG_MAGIC || super.sector_size < PIECE || super.sector_size > 4096) {
		fprintf(stderr, "replay: %s is no log of writes\n", argv[1]);
		return 2;
	}
	at = super.sector_size;
	for (uint64_t i = 0; i < super.entries && flushes < end; i++) {
		get(&e, sizeof e, at);
		at += super.sector_size;
		if (e.flags & LOG_FLUSH)
			flushes++;
		if (e.flags & LOG_DISCARD || !e.sectors)
			continue;
		if (e.sectors > MAX_WRITE / super.sector_size) {
			fprintf(stderr, "replay: a write of %" PRIu64 " sectors\n", e.sectors);
			return 2;
		}
		if (disk_fd >= 0) {
			get(buf, e.sectors * super.sector_size, at);
			(flushes < safe ? put : put_some)(buf, e.sectors * super.sector_size,
							  e.sector * super.sector_size);
		}
		at += e.sectors * super.sector_size;
	}
	if (disk_fd < 0)
		printf("%" PRIu64 "\n", flushes);
	return 0;
}
