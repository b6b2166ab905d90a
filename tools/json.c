// SPDX-License-Identifier: GPL-2.0-only
/* json.c - write a JSON text (RFC 8259), one value a line */
#include <string.h>

#include "../image/target-spec.h"
#include "json.h"

/* Bytes of the UTF-8 character at the start of text; 0 if there is none. */
static size_t utf8_length(const unsigned char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	uint32_t c = text[0] & (0x7f >> (n > 1 ? n : 0));

	if (n > len || (n > 1 && text[0] < 0xc0) || text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

static void quote(FILE *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	putc('"', out);
	while (len) {
		size_t n = utf8_length(p, len);

		if (!n)
			fputs("\\ufffd", out);
		else if (*p < ' ' || *p == 0x7f)
			fprintf(out, "\\u%04x", *p);
		else if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else
			fwrite(p, 1, n, out);
		p += n ? n : 1;
		len -= n ? n : 1;
	}
	putc('"', out);
}

static void line(struct json *j)
{
	putc('\n', j->out);
	for (unsigned int i = 0; i < j->depth; i++)
		putc('\t', j->out);
}

static void begin(struct json *j, const char *key)
{
	if (j->more)
		putc(',', j->out);
	if (j->depth)
		line(j);
	if (key) {
		putc('"', j->out);
		for (; *key; key++)
			putc(*key == '-' ? '_' : *key, j->out);
		fputs("\": ", j->out);
	}
	j->more = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->out);
	j->depth++;
	j->more = false;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->more)
		line(j);
	putc(bracket, j->out);
	j->more = true;
	if (!j->depth)
		putc('\n', j->out);
}

void json_bytes(struct json *j, const char *key, const char *text, size_t len)
{
	begin(j, key);
	quote(j->out, text, len);
}

void json_text(struct json *j, const char *key, const char *text)
{
	json_bytes(j, key, text, strlen(text));
}

void json_id(struct json *j, const char *key, const uint8_t id[16])
{
	char text[33];

	id_format(id, text);
	json_text(j, key, text);
}

void json_number(struct json *j, const char *key, uint64_t number)
{
	begin(j, key);
	fprintf(j->out, "%llu", (unsigned long long)number);
}

void json_thousandths(struct json *j, const char *key, uint64_t thousandths)
{
	begin(j, key);
	fprintf(j->out, "%llu.%03llu", (unsigned long long)(thousandths / 1000),
		(unsigned long long)(thousandths % 1000));
}

void json_flag(struct json *j, const char *key, bool flag)
{
	begin(j, key);
	fputs(flag ? "true" : "false", j->out);
}
