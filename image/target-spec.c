// SPDX-License-Identifier: GPL-2.0-only
/* target-spec.c - parse ids, and places on block devices; every byte of them is hostile */
#include <stdio.h>
#include <string.h>

#include "refuse.h"
#include "target-spec.h"

bool id_parse(const char *hex, uint8_t id[16])
{
	static const char digits[] = "0123456789abcdef";

	memset(id, 0, 16);
	for (int i = 0; i < 32; i++) {
		const char *digit = memchr(digits, hex[i], 16);

		if (!digit)
			return false;
		id[i / 2] = id[i / 2] << 4 | (digit - digits);
	}
	return !hex[32];
}

void id_format(const uint8_t id[16], char hex[33])
{
	for (int i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
}

int device_parse(const char *kind, const char *text, struct target_spec *spec, char *why)
{
	size_t len = strlen(text), good = strspn(text, DEVICE_CHARS);

	if (!strncmp(text, "ID=", 3)) {
		if (!id_parse(text + 3, spec->id))
			return refuse(why, "target %s:%.60s: an id has 32 hex digits", kind, text);
		spec->has_id = true;
		return 0;
	}
	if (len >= sizeof spec->path)
		return refuse(why, "target %s:%.40s...: %zu characters, at most %zu", kind, text,
			      len, sizeof spec->path - 1);
	if (good < len)
		return refuse(why, "target %s:%.*s: byte %#x at %zu", kind,
			      (int)(good < 60 ? good : 60), text, text[good] & 0xff, good);
	if (strncmp(text, "/dev/", 5) || !text[5] || strstr(text, "/..") || text[len - 1] == '/')
		return refuse(why, "target %s:%.60s: neither /dev/NAME nor ID=", kind, text);
	memcpy(spec->path, text, len + 1);
	return 0;
}
