/* SPDX-License-Identifier: GPL-2.0-only */
/* target-spec.h - what names a target, and ids as people write them */
#ifndef IMAGE_TARGET_SPEC_H
#define IMAGE_TARGET_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#define TARGET_NAME 128		/* of a path, with its NUL */

/* Those of a device's path: it gets into command lines, session files and shell scripts. */
#define DEVICE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_.:=+-"

struct target_kind;

/* A parsed "KIND:PLACE". */
struct target_spec {
	const struct target_kind *kind;	/* targets/target.h */
	char path[TARGET_NAME];		/* of the device; "" if it is named by id */
	uint8_t id[16];
	bool has_id;			/* the device must have this id in its head */
	uint64_t offset;		/* of a swap area in a file: its byte on the device */
	char file[TARGET_NAME];		/* path in the device's file system, name of an export */
	uint32_t host, port;		/* of a server: IPv4 */
	bool in_file;			/* path is that of a swap file, which A has mounted */
	bool made;			/* kernel A has just made it for this session */
};

/*
 * The place of a kind's target on a block device: "/dev/NAME", or "ID=" and the 32 hex digits
 * that its head has for life.  kind: for messages.
 */
int device_parse(const char *kind, const char *text, struct target_spec *spec, char *why);

/* 32 hex digits into 16 bytes, and back with NUL; false if it is anything else. */
bool id_parse(const char *hex, uint8_t id[16]);
void id_format(const uint8_t id[16], char hex[33]);

#endif
