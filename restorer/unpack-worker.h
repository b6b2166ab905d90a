/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unpack-worker.h - a worker of the restore: checked chunks become pages of memory
 *
 * The leader reads chunks into shared buffers, checks their heads, and tells each to
 * a worker by the number of its buffer.  The worker checks the payload, unpacks it,
 * straight into mapped oldmem where the pages allow that, and gives the number back.
 */
#ifndef RESTORER_UNPACK_WORKER_H
#define RESTORER_UNPACK_WORKER_H

#include "../targets/image.h"
#include "../base/oldmem.h"
#include "../base/workers.h"

enum unpack_purpose {
	UNPACK_CHECK,		/* look whether they unpack */
	UNPACK_RESTORE,		/* write them to memory */
	UNPACK_COMPARE,		/* is memory still what they say? */
};

/* What a worker ends with if it is the image that is at fault. */
#define UNPACK_DAMAGED 2

struct unpacking {
	const struct image *img;
	enum unpack_purpose purpose;
	const struct oldmem *mem;	/* opened, but for UNPACK_CHECK */
	struct chunk_buffers buffers;
};

/* What workers_start() runs; arg is a struct unpacking. */
int unpack_work(void *arg, struct worker_self *self);

#endif
