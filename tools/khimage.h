/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * khimage.h - the commands of khimage, and how they open what their arguments name
 *
 * One program, built twice: small, by klibc, for scripts and A's initramfs, and whole,
 * by the machine's libc, for people.
 */
#ifndef TOOLS_KHIMAGE_H
#define TOOLS_KHIMAGE_H

#include <stdbool.h>

#include "../base/image.h"

/* How a command ends. */
enum { OK = 0, FAILED = 1, USAGE = 2, NO_IMAGE = 3, DIFFERENT = 4 };

struct command {
	const char *name;
	const char *arguments;
	const char *purpose;
	int (*run)(int argc, char **argv);	/* what follows the name; argv[argc] is NULL */
};

int attempt_command(int argc, char **argv);	/* change.c */
int diff_command(int argc, char **argv);
int discard_command(int argc, char **argv);	/* change.c */
int elf_command(int argc, char **argv);
int format_command(int argc, char **argv);	/* change.c */
int guard_command(int argc, char **argv);	/* state.c */
int info_command(int argc, char **argv);
int log_command(int argc, char **argv);		/* state.c */
int state_command(int argc, char **argv);
int told_command(int argc, char **argv);	/* change.c */
int verify_command(int argc, char **argv);

/* Is this option the next argument?  Then take it off the list. */
bool take_option(int *argc, char ***argv, const char *option);

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
