/* SPDX-License-Identifier: GPL-2.0-only */
/* info.h - what khimage info shows, apart from how */
#ifndef TOOLS_INFO_H
#define TOOLS_INFO_H

#include "pages.h"

/* Names as they are printed. */
const char *arch_name(uint32_t arch);
const char *class_name(enum page_class class);

uint64_t class_pages(const struct image_tail *tail, enum page_class class);

/* How many times smaller, in thousandths; 0 if there is nothing. */
uint64_t shrunk(uint64_t unpacked, uint64_t stored);

/* The codecs, added up. */
struct codec_use codecs_sum(const struct pages *p);

/* All of it as JSON, on standard output.  p is NULL if the target holds no whole image. */
void info_json(const struct target *t, const struct image_head *head, const struct pages *p);

#endif
