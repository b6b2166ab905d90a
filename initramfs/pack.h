/* SPDX-License-Identifier: GPL-2.0-only */
/* pack.h - A's memory into the chunks of an image, on all CPUs */
#ifndef INITRAMFS_PACK_H
#define INITRAMFS_PACK_H

#include "../image/codec.h"
#include "../linux/freemap.h"
#include "vmcore.h"
#include "writer.h"

/*
 * Give all pages of vm to the image that w has begun: those in `free` are named,
 * the others saved.  This process writes while others, one a CPU if there is
 * memory for so many, pack.  0, or -1 and said.
 */
int pack_memory(struct writer *w, const struct vmcore *vm, const struct freemap *free,
		const struct codec *codec, int level);

#endif
