/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * khimage.h - the commands of khimage
 *
 * One program, built twice: small, by klibc, for scripts and A's initramfs, and whole,
 * by the machine's libc, for people.
 */
#ifndef TOOLS_KHIMAGE_H
#define TOOLS_KHIMAGE_H

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
int format_command(int argc, char **argv);
int guard_command(int argc, char **argv);
int info_command(int argc, char **argv);
int log_command(int argc, char **argv);
int state_command(int argc, char **argv);
int told_command(int argc, char **argv);	/* change.c */
int verify_command(int argc, char **argv);

#endif
