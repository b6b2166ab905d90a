// SPDX-License-Identifier: GPL-2.0-only
/* freefill.c - what this kernel expects of its free pages */
#include <string.h>
#include <zlib.h>

#include "plan.h"

/* kstrtobool() of the kernel: 1, 0, or -1 if it would refuse the value. */
static int truth(const char *value)
{
	switch (*value) {
	case '1': case 'y': case 'Y': case 't': case 'T':
		return 1;
	case '0': case 'n': case 'N': case 'f': case 'F':
		return 0;
	case 'o': case 'O':
		if (value[1] == 'n' || value[1] == 'N')
			return 1;
		if (value[1] == 'f' || value[1] == 'F')
			return 0;
	}
	return -1;
}

/* Is word "name=VALUE"?  The kernel takes '-' for '_' in names, and leaves quotes out. */
static const char *value_of(const char *word, const char *name)
{
	while (*name && (*word == *name || (*name == '_' && *word == '-'))) {
		word++;
		name++;
	}
	return !*name && *word == '=' ? word + 1 : NULL;
}

enum free_fill free_fill_expected(bool zero, bool poisoning, const char *cmdline)
{
	char *rest = sys_format("%s", cmdline), *to = rest, *word;
	bool poison = false;

	for (const char *p = cmdline; *p; p++)
		if (*p != '"')
			*to++ = *p;
	*to = 0;
	/* The last one counts that the kernel can read; those behind -- are for init. */
	while ((word = strsep(&rest, " \n")) && strcmp(word, "--")) {
		const char *value;

		if ((value = value_of(word, "init_on_free")) && truth(value) >= 0)
			zero = truth(value);
		if ((value = value_of(word, "page_poison")) && truth(value) >= 0)
			poison = truth(value);
	}
	/* As mem_debugging_and_hardening_init() in the kernel's mm/mm_init.c decides it. */
	if (poison && poisoning)
		return FREE_POISON;
	return zero ? FREE_ZERO : FREE_LEAVE;
}

/* Which of the two options is the kernel built with?  -1 if it cannot be told. */
static int read_kernel_config(const char *path, bool *zero, bool *poisoning)
{
	gzFile file = gzopen(path, "re");	/* reads what is not compressed, too */
	bool any = false, whole;
	char line[256];

	if (!file)
		return -1;
	while (gzgets(file, line, sizeof line)) {
		any |= !strncmp(line, "CONFIG_", 7);
		*zero |= !strcmp(line, "CONFIG_INIT_ON_FREE_DEFAULT_ON=y\n");
		*poisoning |= !strcmp(line, "CONFIG_PAGE_POISONING=y\n");
	}
	whole = gzeof(file);
	return gzclose(file) == Z_OK && whole && any ? 0 : -1;
}

void free_pages_expected(struct plan *p)
{
	static const char *const fills[] = SESSION_FILLS;
	static const char *const plans[] = {
		"left out", "left out, and cleared at the resume: init_on_free",
		"left out, and poisoned at the resume: page_poison",
	};
	char *cmdline = sys_read(sys_path("/proc/cmdline"));
	bool zero = false, poisoning = false;
	enum free_fill fill;

	if (!cmdline ||
	    (read_kernel_config(sys_path("/proc/config.gz"), &zero, &poisoning) < 0 &&
	     read_kernel_config(sys_path("/boot/config-%s", p->release), &zero, &poisoning) < 0)) {
		p->free_pages = SESSION_FILL_SAVE;
		p->free_plan = sys_format(
			"saved, too: what this kernel expects of them cannot be told without "
			"/proc/config.gz or /boot/config-%s",
			p->release);
	} else {
		fill = free_fill_expected(zero, poisoning, cmdline);
		p->free_pages = fills[fill];
		p->free_plan = plans[fill];
	}
}
