// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-image.c - an image from a hostile disk: opened, verified, restored
 *
 * patched.c says what an input means.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../image/head.h"
#include "../../image/ram.h"
#include "../../image/tail.h"
#include "../../image/refuse.h"
#include "../../restorer/restore.h"
#include "fuzz.h"

static int disk_fd;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	disk_fd = memfd_create("disk", MFD_CLOEXEC);
	must(disk_fd >= 0);
	return 0;
}

static void check_machine(const struct image_head *head)
{
	static const struct machine here = { .arch = IMAGE_X86_64,
					     .cpu = { .vendor = "GenuineIntel" } };
	char why[WHY_SIZE];

	if (head_check(head, why) < 0)
		return;
	must(memchr(head->release, 0, sizeof head->release) &&
	     memchr(head->reason, 0, sizeof head->reason));
	if (head_fits_machine(head, &here, why) < 0 || head_fits_kernel(head, &here, why) < 0)
		must(memchr(why, 0, sizeof why));
}

/* The disk belongs to the image from here on, and is closed with it. */
static int opened(struct image *img, size_t size, enum image_purpose purpose)
{
	struct target t = {
		.kind = &target_part, .fd = dup(disk_fd), .name = "disk", .size = size,
	};

	must(t.fd >= 0);
	return image_open(img, &t, purpose);
}

/*
 * Invariants M1 and M2: each page comes once, none that the jump exchanges, as many as the tail
 * says.
 */
static void check_written(const struct image *img)
{
	const struct image_head *head = &img->head;
	uint64_t pages = 0;

	for (uint64_t pfn = 0; pfn < FAKE_PAGES; pfn++) {
		uint64_t at = pfn * IMAGE_BLOCK;

		must(oldmem_written[pfn] <= 1);
		if (oldmem_written[pfn])
			must(ram_holds(img->tail.ram, img->tail.tail->nram, pfn, 1) &&
			     (at < head->window.start || at >= head->window.end) &&
			     (at < head->low.start || at >= head->low.end));
		pages += oldmem_written[pfn];
	}
	must(pages == img->tail.tail->saved_pages + img->tail.tail->zero_pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct image img;
	size_t size = 0;
	uint8_t *image = patched_image(data, len, &size);
	int verified = -1;

	if (!image)
		return 0;
	must(!ftruncate(disk_fd, size) && pwrite(disk_fd, image, size, 0) == (ssize_t)size);
	if (size >= sizeof(struct image_head))
		check_machine((struct image_head *)image);
	if (!opened(&img, size, IMAGE_LOOK))
		verified = image_verify(&img);
	image_close(&img);
	if (!opened(&img, size, IMAGE_RESUME)) {
		/* What one accepts the other does, unless the image is for a larger machine. */
		if (image_restore(&img) < 0) {
			must(verified || oldmem_refused);
		} else {
			must(!verified);
			check_written(&img);
		}
	}
	image_close(&img);
	free(image);
	return 0;
}
