// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - parse the text of a VMCOREINFO note; it may be anything that once was a page */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmcoreinfo.h"

#define FIRST_KEY "OSRELEASE="

bool vmcoreinfo_read(struct vmcoreinfo *v, const uint8_t *page, const char *release)
{
	size_t key = sizeof FIRST_KEY - 1, len = strlen(release);

	if (memcmp(page, FIRST_KEY, key))
		return false;
	memcpy(v->text, page, IMAGE_BLOCK);
	v->text[IMAGE_BLOCK] = 0;
	v->len = strlen(v->text);
	return !strncmp(v->text + key, release, len) && v->text[key + len] == '\n';
}

static const char *find(const struct vmcoreinfo *v, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = v->text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == '=')
			return line + len + 1;
	}
	return NULL;
}

bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value)
{
	const char *text = find(v, key);
	char *end;

	if (!text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, 16);
	return !errno && end > text && *end == '\n';
}

/* They are printed as signed: phys_base of a kernel below its link address is negative. */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key, uint64_t *value)
{
	const char *text = find(v, key);
	char *end;

	if (!text)
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return !errno && end > text && *end == '\n';
}
