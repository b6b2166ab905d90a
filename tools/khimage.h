/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * khimage.h - the commands of khimage, and how they open what their arguments name
 *
 * One program, built twice: small, by klibc, for scripts and A's initramfs, and whole,
 * by the machine's libc, for people.
 */
#ifndef TOOLS_KHIMAGE_H
#define TOOLS_KHIMAGE_H

#include "../targets/image.h"

/* How a command ends. */
enum { OK = 0, FAILED = 1, USAGE = 2, NO_IMAGE = 3, DIFFERENT = 4 };

/* Options. */
enum { JSON = 1, ALL = 2, CHECK = 4, FORCE = 8 };

/* What a command gets: as many operands as it takes, and only options that it has. */
struct arguments {
	unsigned int options;	/* JSON | ALL ... */
	char *operands[2];
};

int attempt_command(const struct arguments *a);	/* targets.c */
int diff_command(const struct arguments *a);
int discard_command(const struct arguments *a);	/* targets.c */
int elf_command(const struct arguments *a);
int format_command(const struct arguments *a);	/* targets.c */
int guard_command(const struct arguments *a);	/* state.c */
int info_command(const struct arguments *a);
int log_command(const struct arguments *a);	/* state.c */
int net_down_command(const struct arguments *a);	/* net.c */
int net_up_command(const struct arguments *a);	/* net.c */
int state_command(const struct arguments *a);
int told_command(const struct arguments *a);	/* targets.c */
int verify_command(const struct arguments *a);

/*
 * Open a target, named as in the configuration or by the path of a device or file, and
 * read its first block.  0, or -1 and said; close it in any case.
 */
int open_target(const char *arg, bool writable, struct target *t, struct image_head *head);

/* The same; it must have a head.  OK, NO_IMAGE or FAILED, and said. */
int open_head(const char *arg, bool writable, struct target *t, struct image_head *head);

/* Open the image on it, to be looked at.  As open_head(); close it in any case. */
int open_image(const char *arg, struct image *img);

/* Print the log of the save, with this before each line; each byte that is not printable as '?'. */
void print_log(const struct tail_view *tail, const char *indent);

#endif
