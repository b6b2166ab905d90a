// SPDX-License-Identifier: GPL-2.0-only
/* text.c - is a text of an image fit to be printed? */
#include "text.h"
#include "refuse.h"

int text_check(const char *what, const char *text, size_t size, char *why)
{
	for (size_t i = 0; i < size; i++) {
		if (!text[i])
			return 0;
		if (text[i] < ' ' || text[i] > '~')
			return refuse(why, "%s has byte %#x at %zu", what, text[i] & 0xff, i);
	}
	return refuse(why, "%s has no end within its %zu bytes", what, size);
}
