/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcoreinfo.h - the text in which a kernel tells readers of its memory about itself */
#ifndef TOOLS_VMCOREINFO_H
#define TOOLS_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../image/format.h"

struct vmcoreinfo {
	char text[IMAGE_BLOCK + 1];	/* lines "key=value", ended by NUL */
	size_t len;
};

/*
 * Is this page the note's text, of a kernel of this release?  The kernel keeps
 * it in a page of its own (kernel/vmcore_info.c), which begins with OSRELEASE.
 */
bool vmcoreinfo_read(struct vmcoreinfo *v, const uint8_t *page, const char *release);

/* The value of a key, "SYMBOL(_stext)" say; false if it is not there or no number. */
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value);
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key, uint64_t *value);

#endif
