/* SPDX-License-Identifier: GPL-2.0-only */
/* image-kernel.h - the sleeping kernel in an image: which one it is, and what the jump exchanged */
#ifndef TOOLS_IMAGE_KERNEL_H
#define TOOLS_IMAGE_KERNEL_H

#include "../image/refuse.h"
#include "../linux/kernel.h"
#include "pages.h"

struct image_kernel {
	struct pages *p;
	struct amem mem;
	struct exchanged exchanged;	/* pages whose contents the image has; free its pairs */
	char no_exchanged[WHY_SIZE];	/* why no pair is known, or "" */
	struct kernel kernel;
	bool known;			/* the kernel was found */
	bool failed;			/* a page could not be read, and that was said */
};

/* Look at an image.  0, or -1 and said. */
int image_kernel_find(struct image_kernel *k, struct pages *p);

#endif
