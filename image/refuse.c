// SPDX-License-Identifier: GPL-2.0-only
/* refuse.c - check foreign text, or make it printable */
#include <string.h>

#include "refuse.h"

char text_char(char c)
{
	return c < ' ' || c > '~' ? '?' : c;
}

int text_check(const char *what, const char *text, size_t size, char *why)
{
	for (size_t i = 0; i < size; i++) {
		if (!text[i])
			return 0;
		if (text_char(text[i]) != text[i])
			return refuse(why, "%s has byte %#x at %zu", what, text[i] & 0xff, i);
	}
	return refuse(why, "%s has no end within its %zu bytes", what, size);
}

void text_copy(char *to, size_t size, const char *from)
{
	memset(to, 0, size);
	for (size_t i = 0; from[i] && i < size - 1; i++)
		to[i] = text_char(from[i]);
}
