// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-khimage.c - a hostile image that a person looks at: info in both forms, and an ELF core;
 * see patched.c
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tools/khimage.h"
#include "fuzz.h"

static char path[40], core[40];
static int disk_fd, core_fd;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	disk_fd = memfd_create("disk", MFD_CLOEXEC);
	core_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	must(disk_fd >= 0 && core_fd >= 0 && freopen("/dev/null", "w", stdout));
	snprintf(path, sizeof path, "/proc/self/fd/%d", disk_fd);
	snprintf(core, sizeof core, "/proc/self/fd/%d", core_fd);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct arguments text = { .operands = { path } };
	const struct arguments json = { .options = JSON, .operands = { path } };
	const struct arguments elf = { .operands = { path, core } };
	size_t size = 0;
	uint8_t *image = patched_image(data, len, &size);
	int shown, whole;

	if (!image)
		return 0;
	must(!ftruncate(disk_fd, size) && pwrite(disk_fd, image, size, 0) == (ssize_t)size);
	free(image);
	whole = info_command(&text);
	shown = info_command(&json);
	must(shown == whole && (whole == OK || whole == FAILED || whole == NO_IMAGE));
	/* What has a core has all that info shows. */
	if (elf_command(&elf) == OK)
		must(whole == OK);
	return 0;
}
