// SPDX-License-Identifier: GPL-2.0-only
/* info-facts.c - names and sums that info shows in both of its forms */
#include "info.h"

const char *arch_name(uint32_t arch)
{
	return arch == IMAGE_X86_64 ? "x86_64" : arch == IMAGE_I386 ? "i386" : "unknown";
}

const char *class_name(enum page_class class)
{
	static const char *const names[PAGE_CLASSES] = {
		[PAGE_EXCHANGED] = "exchanged", [PAGE_SAVED] = "saved",
		[PAGE_ZERO] = "zero", [PAGE_FREE] = "free",
	};

	return names[class];
}

uint64_t class_pages(const struct image_tail *tail, enum page_class class)
{
	switch (class) {
	case PAGE_SAVED:
		return tail->saved_pages;
	case PAGE_ZERO:
		return tail->zero_pages;
	case PAGE_FREE:
		return tail->free_pages;
	default:
		return tail->swapped_pages;
	}
}

uint64_t shrunk(uint64_t unpacked, uint64_t stored)
{
	return stored ? unpacked * 1000 / stored : 0;
}

struct codec_use codecs_sum(const struct pages *p)
{
	struct codec_use sum = { 0, 0, 0 };

	for (size_t i = 0; i < sizeof p->codecs / sizeof *p->codecs; i++) {
		sum.chunks += p->codecs[i].chunks;
		sum.unpacked += p->codecs[i].unpacked;
		sum.stored += p->codecs[i].stored;
	}
	return sum;
}
