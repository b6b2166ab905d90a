/* SPDX-License-Identifier: GPL-2.0-only */
/* choose-codec.h - codec auto: the codec with which the save is done first */
#ifndef INITRAMFS_CHOOSE_CODEC_H
#define INITRAMFS_CHOOSE_CODEC_H

#include "../image/codec.h"
#include "../image/pagebits.h"
#include "../base/vmcore.h"
#include "writer.h"

/*
 * Write samples of A's memory where the image that writer_begin() began will stand, and
 * pack them with each codec.  Choose the codec whose slower stage, packing on all CPUs
 * or writing, ends first.
 */
int choose_codec(const struct writer *w, const struct vmcore *vm, const struct pagebits *free,
		 const struct codec **codec, int *level);

#endif
