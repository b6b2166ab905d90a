/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * target.h - where images are kept: find it, read and write it
 *
 * A kind of target is one file here and one line of the table in target.c.
 */
#ifndef TARGETS_TARGET_H
#define TARGETS_TARGET_H

#include <stddef.h>

#include "../image/format.h"
#include "../image/target-spec.h"

struct iovec;
struct target;

struct target_kind {
	const char *name;	/* "part", of "part:/dev/sdb1" */
	bool renewed;		/* each hibernation makes it anew: nothing formats it */
	bool network;		/* a server has it */
	bool slots;		/* of a swap area, which kernel A hands out for each image */

	/* What follows the colon, into a spec that is zero but for its kind. */
	int (*parse)(const char *text, struct target_spec *spec, char *why);

	/*
	 * Look once for what the spec names, and open it.  TARGET_AWAY and why[WHY_SIZE]: it is
	 * not there, or not yet.
	 */
	int (*open)(const struct target_spec *spec, bool writable, struct target *t, char *why);
	void (*close)(struct target *t);

	/* All of n buffers from or to off; iov is used up. */
	int (*readv)(const struct target *t, struct iovec *iov, int n, uint64_t off);
	int (*writev)(const struct target *t, struct iovec *iov, int n, uint64_t off);
	int (*flush)(const struct target *t);

	/* NULL, or: the head is durable; live: it has an image that may be resumed. */
	int (*announce)(const struct target *t, bool live);
};

enum { TARGET_AWAY = 1 };

struct target {
	const struct target_kind *kind;	/* NULL: not open */
	char name[TARGET_NAME];		/* for messages */
	uint64_t size;			/* bytes of an image, at most */
	int fd;				/* of the device or file */

	void *own;			/* of the kind's */

	/* Of a kind that is renewed. */
	uint8_t uuid[16];		/* of the swap area or file system: it is known by that */
	bool disarmed;			/* an image in it that may be resumed by its head may not */

	/* dev: */
	char file[TARGET_NAME];		/* path in the file system */
	uint64_t room;			/* bytes that an image might have there */

	/* swap:, file: */
	uint64_t offset;		/* of the area on the device, bytes */
	struct slots_piece *pieces;	/* of the image, in its order */
	uint32_t npieces;
};

/* part.c: a disk or partition of its own; and any device or file, by its path alone. */
extern const struct target_kind target_part;

/* swap.c: slots of a swap area that is in use, or of a swap file kept for images. */
extern const struct target_kind target_swap;
extern const struct target_kind target_file;

/* dev.c: a file on a file system that kernel A has not mounted. */
extern const struct target_kind target_dev;

/* nbd.c: an export of an NBD server. */
extern const struct target_kind target_nbd;

/* "KIND:PLACE": docs/kexec-hibernate.conf.5.scd. */
int target_parse(const char *text, struct target_spec *spec, char *why);

/* Open what a spec names; wait_ms: for it to appear. */
int target_find(const struct target_spec *spec, bool writable, unsigned int wait_ms,
		struct target *target);

/* Open a device or file by its path alone. */
int target_open(const char *path, bool writable, struct target *target);
void target_close(struct target *target);

/* What names this target to a helper, which has neither udev nor A's mounts. */
#define TARGET_PLACE (2 * TARGET_NAME + 32)
void target_place(const struct target *target, char place[TARGET_PLACE]);

/* The same by an id that it carries, for a kernel to which its device may have another name. */
void target_place_by_id(const struct target *target, const uint8_t id[16],
			char place[TARGET_PLACE]);

/* All of len bytes, or of n buffers, of which iov is used up. */
int target_read(const struct target *target, void *buf, size_t len, uint64_t off);
int target_write(const struct target *target, const void *buf, size_t len, uint64_t off);
int target_readv(const struct target *target, struct iovec *iov, int n, uint64_t off);
int target_writev(const struct target *target, struct iovec *iov, int n, uint64_t off);
int target_flush(const struct target *target);

/* Does an open target have this id in its head? */
int target_check_id(const struct target *target, const uint8_t id[16]);

/* The head, whatever it holds; the callers check it. */
int target_read_head(const struct target *target, struct image_head *head);

/* Seal, write and flush the head. */
int target_write_head(const struct target *target, struct image_head *head);

/*
 * May the target be given a new head?  An intact one, also of another version, that
 * holds nothing which could be resumed may be replaced; without a head the first MiB
 * has to be blank.
 */
int target_may_format(const struct target *target, const struct image_head *head);

/* A new id, at random. */
int id_draw(uint8_t id[16]);

#endif
