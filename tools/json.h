/* SPDX-License-Identifier: GPL-2.0-only */
/* json.h - write a JSON text to a stream, value after value */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	unsigned int depth;
	bool more;	/* a value stands before the next one */
};

/*
 * Begin an object '{' or an array '[', and end it by '}' or ']'.  The outermost value is an
 * object without a key.  In objects each value has a key, a plain word, whose '-' is written
 * as '_'; in arrays none (NULL).
 */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);

/* Any bytes: what is not UTF-8 becomes U+FFFD. */
void json_bytes(struct json *j, const char *key, const char *text, size_t len);
void json_text(struct json *j, const char *key, const char *text);
void json_id(struct json *j, const char *key, const uint8_t id[16]);
void json_number(struct json *j, const char *key, uint64_t number);
void json_thousandths(struct json *j, const char *key, uint64_t thousandths);
void json_flag(struct json *j, const char *key, bool flag);

#endif
