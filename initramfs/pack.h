/* SPDX-License-Identifier: GPL-2.0-only */
/* pack.h - A's memory into the chunks of an image, on all CPUs */
#ifndef INITRAMFS_PACK_H
#define INITRAMFS_PACK_H

#include "../image/codec.h"
#include "../image/pagebits.h"
#include "../base/vmcore.h"
#include "writer.h"

#define PACK_FILLED_PAGES (64u << 8)	/* 64 MiB: of a free chunk that is to be filled, at most */

/*
 * Give all pages of vm to the image that w has begun: those in `free` are named first,
 * the others saved.  This process writes while workers pack.
 */
int pack_memory(struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		const struct codec *codec, int level);

#endif
