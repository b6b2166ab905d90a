/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pack-worker.h - a worker of the save: A's pages become packed chunks
 *
 * The workers take extents of A's memory in turn, leave out what is free, and
 * pack the rest into buffers that they share with the one writer, their leader.
 * A number from a worker to the leader is that of a buffer with a chunk in it,
 * finished but for the chunk's own number; the same number comes back when the
 * buffer is written.  A worker ends when all extents are taken.
 */
#ifndef INITRAMFS_PACK_WORKER_H
#define INITRAMFS_PACK_WORKER_H

#include "../base/chunk-buffers.h"
#include "../base/workers.h"
#include "../image/codec.h"
#include "../linux/freemap.h"
#include "../base/vmcore.h"

struct packing {
	const struct vmcore *vm;
	const struct freemap *free;
	const struct codec *codec;
	int level;
	struct chunk_buffers buffers;
	uint64_t *next;		/* shared: the extent that is to be taken next */
};

/* Allocate what leader and workers share, as much as there is memory for.  0, or -1 and said. */
int packing_begin(struct packing *p, const struct vmcore *vm, const struct freemap *free,
		  const struct codec *codec, int level);
void packing_end(struct packing *p);

/* What workers_start() runs; arg is a struct packing. */
int pack_work(void *arg, struct worker_self *self);

#endif
