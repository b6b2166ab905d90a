/* SPDX-License-Identifier: GPL-2.0-only */
/* info.h - what khimage info shows in both of its forms */
#ifndef TOOLS_INFO_H
#define TOOLS_INFO_H

#include "pages.h"

const char *arch_name(uint32_t arch);

/* What the tail says. */
uint64_t class_pages(const struct image_tail *tail, enum page_class class);

/* How many times smaller, in thousandths; 0 if there is nothing. */
uint64_t shrunk(const struct codec_use *use);

/* Print JSON.  p is NULL if the target holds no whole image. */
void info_json(const struct target *t, const struct image_head *head, const struct pages *p);

#endif
