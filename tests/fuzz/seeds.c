// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds.c - write the inputs that fuzzing begins with to DIR/TARGET/NN; each is sound or nearly so
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../base/io.h"
#include "../../image/codec.h"
#include "../../image/format.h"
#include "../../image/slots.h"
#include "fuzz.h"

#define ID "00112233445566778899aabbccddeeff"

static const char *top;

static void save(const char *target, const void *data, size_t size)
{
	static const char *last = "";
	static int n;
	char path[400];
	int fd;

	n = strcmp(last, target) ? 0 : n + 1;
	last = target;
	snprintf(path, sizeof path, "%s/%s", top, target);
	if (!n)
		mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%02d", top, target, n);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	must(fd >= 0 && !write_full(fd, path, data, size, 0));
	close(fd);
}

static void sessions(void)
{
	static const char *const texts[] = {
		"khib-session 1\nmailbox 0x7654000 " ID "\nid " ID "\ntarget part:/dev/vdb " ID "\n"
		"window 0x4000000 0x8000000\ncodec none\nend reboot\nram-pages 261000\nrelease "
		"6.12.0\n",
		"khib-session 1\nid " ID "\ntarget part:ID=" ID " " ID "\ntarget part:/dev/sda1 " ID
		"\n"
		"window 0x4000000 0x8000000\ncodec zstd:3\nend poweroff\nram-pages 9\n",
		"khib-session 1\nid " ID "\ncodec auto\ncodec lz4\nmailbox 1000 0\n",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		save("session", texts[i], strlen(texts[i]));
}

/* What a server says to fuzz-nbd.c: an export, and replies to two reads, two writes, a flush. */
static void nbd(void)
{
	static const char hello[] = "NBDMAGICIHAVEOPT\0\3"
		"\0\3\xe8\x89\x04\x55\x65\xa9\0\0\0\7\0\0\0\3\0\0\0\14"
		"\0\0\0\0\0\0\0\x40\0\0\0\5"
		"\0\3\xe8\x89\x04\x55\x65\xa9\0\0\0\7\0\0\0\1\0\0\0\0";
	static const char reply[] = "\x67\x44\x66\x98\0\0\0\0\0\0\0\0\0\0\0";	/* cookie's end */
	static char all[sizeof hello + 5 * 16 + 8292];
	static const size_t follows[] = { 100, 8192, 0, 0, 0 };
	size_t n = sizeof hello - 1;

	memcpy(all, hello, n);
	save("nbd", all, n);
	for (int i = 0; i < 5; i++) {
		memcpy(all + n, reply, 15);
		all[n + 15] = i + 1;
		n += 16 + follows[i];
	}
	save("nbd", all, n);
}

static void cmdlines(void)
{
	static const char *const texts[] = {
		"khib.net=52:54:00:12:34:56,10.0.2.15/24,10.0.2.2 khib.resume=nbd:10.0.2.2:10809/e",
		"quiet khib.shell khib.resume=part:/dev/vdb khib.id=" ID " khib.counted\n",
		"memmap=0x3f61000%0x9f000-1+2 khib.save loglevel=6",
		"khib.resume=part:ID=" ID, "khib.resume=disk:x khib.id=1 khib.what",
		"part:/dev/disk/by-partuuid/0123-4567", "part:ID=" ID, "zstd:6", "lz4", "none",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		save("cmdline", texts[i], strlen(texts[i]));
}

/* Samples as they are, hurt and cut; and one patch for each place. */
static void images(void)
{
	static const uint8_t patches[][12] = {
		{ 0, 0, 0, 1, 0, 12, 0, 1, 4 },		/* HEAD: state resuming */
		{ 0, 0, 0, 1, 0, 204, 0, 4, 2 },	/* codec */
		{ 0, 0, 0, 2, 1, 4, 0, 1, 3 },		/* CHUNK 1: free, not zero */
		{ 0, 0, 0, 2, 0, 20, 0, 4, 0, 1 },	/* packed */
		{ 1, 0, 0, 3, 0, 8, 0, 3, 1, 2, 3 },	/* PAYLOAD */
		{ 0, 0, 0, 4, 0, 36, 0, 1, 3 },		/* TAIL: nram */
		{ 0, 0, 0, 5, 1, 0, 0, 2, 0, 0x20 },	/* ENTRY: offset */
		{ 0, 0, 0, 6, 0, 8, 0, 2, 0, 0x40 },	/* RAM: an end */
		{ 0x80, 0, 0, 0, 0, 0, 0, 1, 0 },	/* hurt */
	};

	/* A chunk of 257 pages: npages, and the count of its run. */
	save("image", (uint8_t[]){ 2, 0, 0, 2, 0, 16, 0, 4, 1, 1, 0, 0, 2, 0, 56, 0, 2, 1, 1 }, 19);
	for (uint8_t i = 0; i < SAMPLES; i++) {
		save("image", (uint8_t[]){ i, 0, 0 }, 3);
		save("image", (uint8_t[]){ i, 0, 1 }, 3);
	}
	for (size_t i = 0; i < sizeof patches / sizeof *patches; i++)
		save("image", patches[i], sizeof *patches);
}

/* As the kernel is, and one patch for each place. */
static void kernels(void)
{
	for (uint8_t i = 0; i < 8; i++)
		save("freepages", &i, 1);
	for (uint8_t place = 0; place < 23; place++)
		save("freepages", (uint8_t[]){ place % 8, place, 0, 0, 4, 0x67, 0, 0x21, 0 }, 9);
	for (uint8_t i = 0; i < SAMPLES; i++)
		save("khimage", (uint8_t[]){ i, 0, 0 }, 3);
	for (uint8_t page = 0; page < 7; page++)
		save("khimage", (uint8_t[]){ 4, 0, 0, 3, 0, 0, page << 4, 4, 0x67, 0, 0x11, 0 },
		     12);
}

static void codecs(void)
{
	uint8_t text[3000], input[3 + sizeof text];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 700 < 300 ? "all work and no play "[i % 21]
					: (uint8_t)(i * i % 251 >> i % 5);
	for (uint8_t which = 0; which < 2; which++) {
		const struct codec *c = codec_by_id(which ? CODEC_ZSTD : CODEC_LZ4);

		for (int level = 2; level <= 6; level += 2) {
			void *work = alloc_pages(c->work(level));
			ssize_t n = c->pack(work, level, input + 3, sizeof text, text, sizeof text);

			must(work && n > 0);
			memcpy(input, (uint8_t[]){ which, 0xff, 0x0f }, 3);
			save("codec", input, 3 + n);
			memcpy(input, (uint8_t[]){ which | 2 | (level - 1) << 2, 0xff, 0x0f }, 3);
			memcpy(input + 3, text, 500);
			save("codec", input, 503);
			free_pages(work, c->work(level));
		}
	}
}

/* Two blocks of a table, of which the first leads to the second. */
static void slots(void)
{
	struct {
		uint64_t at;
		struct slots_table table[2];
	} seed = { .at = IMAGE_BLOCK, .table = { { .id = "fuzz", .next = 2 * IMAGE_BLOCK },
						 { .id = "fuzz" } } };

	for (unsigned int i = 0; i < 2; i++) {
		seed.table[i].npieces = 2;
		seed.table[i].pieces[0] = (struct slots_piece){ (3 + 2 * i) * IMAGE_BLOCK,
								IMAGE_BLOCK };
		seed.table[i].pieces[1] = (struct slots_piece){ (4 + 2 * i) * IMAGE_BLOCK,
								IMAGE_BLOCK };
		slots_table_seal(&seed.table[i]);
	}
	save("slots", &seed, sizeof seed);
	save("slots", &seed, sizeof seed - 1);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIR\n");
		return 2;
	}
	top = argv[1];
	sessions();
	cmdlines();
	nbd();
	images();
	kernels();
	codecs();
	slots();
	return 0;
}
