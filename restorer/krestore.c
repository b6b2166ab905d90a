// SPDX-License-Identifier: GPL-2.0-only
/* krestore.c - the command: put an image or a copy of /proc/vmcore back into memory */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/jump.h"
#include "../base/log.h"
#include "restore-elf.h"
#include "restore.h"
#include "resume.h"

enum { OK = 0, FAILED = 1, USAGE = 2 };

static const char usage[] =
	"usage: krestore --check FILE\n"
	"       krestore [--entry ADDRESS] [--jump] FILE\n"
	"FILE is an image, on a device or in a file, or a copy of /proc/vmcore.\n"
	"See krestore(8).\n";

struct options {
	const char *file;
	uint64_t entry;
	bool check;
	bool jump;
};

static int parse(int argc, char **argv, struct options *o)
{
	char *end;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--check")) {
			o->check = true;
		} else if (!strcmp(argv[i], "--jump")) {
			o->jump = true;
		} else if (!strcmp(argv[i], "--entry") && i + 1 < argc) {
			o->entry = strtoull(argv[++i], &end, 0);
			if (*end || !o->entry)
				return fail("--entry %s: not an address", argv[i]);
		} else if (*argv[i] == '-' || o->file) {
			return fail("%s: not understood", argv[i]);
		} else {
			o->file = argv[i];
		}
	}
	if (!o->file || (o->check && (o->entry || o->jump))) {
		write(2, usage, sizeof usage - 1);
		return -1;
	}
	return 0;
}

static int restore_core(const struct options *o, const struct target *target)
{
	if (!o->check && !o->entry)
		return fail("%s: a core does not know its entry: --entry is needed", o->file);
	if (elf_restore(target, o->check) < 0)
		return -1;
	if (o->check) {
		info("%s: an ELF core, whole; it has no checksums", o->file);
		return 0;
	}
	if (jump_entry_write(o->entry) < 0)
		return -1;
	if (!o->jump)
		return 0;
	return jump_load(o->entry) < 0 ? -1 : jump();
}

static int restore_image(const struct options *o, struct image *img)
{
	if (o->check) {
		if (image_verify(img) < 0)
			return -1;
		info("%s: image is whole, %u chunks", o->file, img->tail.tail->nchunks);
		return 0;
	}
	if (o->entry)
		return fail("%s: an image knows its entry, %#llx: no --entry", o->file,
			    (ull)img->head.entry);
	if (resume(img, o->jump) != RESUME_READY)
		return -1;
	if (!o->jump)
		return 0;
	jump();
	image_jump_failed(img);
	return -1;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct target target;
	struct image img;
	int ret;

	log_to_stderr("krestore");
	if (parse(argc, argv, &o) < 0)
		return USAGE;
	if (target_open(o.file, !o.check, &target) < 0)
		return FAILED;
	if (elf_is(&target)) {
		ret = restore_core(&o, &target);
		target_close(&target);
	} else {
		ret = image_open(&img, &target, o.check ? IMAGE_LOOK : IMAGE_RESUME);
		if (!ret)
			ret = restore_image(&o, &img);
		image_close(&img);
	}
	return ret ? FAILED : OK;
}
