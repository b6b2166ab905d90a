// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - may this kernel jump, and what does it expect of its free pages? */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../image/page.h"
#include "plan.h"

/*
 * A segment that cannot be read: the kernel looks at the flags first, and loads
 * and unloads nothing.  Only KEXEC_JUMP knows KEXEC_PRESERVE_CONTEXT.
 */
static bool has_kexec_jump(void)
{
	return syscall(SYS_kexec_load, 0ul, 1ul, NULL, (unsigned long)KEXEC_PRESERVE_CONTEXT) < 0 &&
	       errno == EFAULT;
}

int check_kernel(struct plan *p)
{
	const char *disabled = sys_line(sys_path("/proc/sys/kernel/kexec_load_disabled"));
	const char *lockdown = sys_line(sys_path("/sys/kernel/security/lockdown")), *mode;

	p->paging_levels = cpuinfo_paging_levels();
	if (p->paging_levels < 0)
		return -1;
	snprintf(p->release, sizeof p->release, "%.63s",
		 sys_line(sys_path("/proc/sys/kernel/osrelease")));
	if (*disabled && strcmp(disabled, "0"))
		return fail("kernel.kexec_load_disabled is %s, 0 is needed", sys_show(disabled));
	mode = strchr(lockdown, '[');	/* "none [integrity] confidentiality" */
	if (mode && strncmp(mode, "[none]", 6))
		return fail("kernel is locked down (%.*s): kexec_load is refused",
			    (int)strcspn(mode + 1, "]"), mode + 1);
	if (has_kexec_jump())
		return 0;
	return fail("kernel %s is built without CONFIG_KEXEC_JUMP", p->release);
}

int check_files(struct plan *p)
{
	static const char *const names[] = {
		"helper", "helper.cpio", "helper.drivers", "kexec", "khimage",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (access(sys_path("%s/%s", p->lib, names[i]), R_OK) < 0)
			return fail("%s/%s: missing", p->lib, names[i]);
	p->drivers = sys_read(sys_path("%s/helper.drivers", p->lib));
	return p->drivers ? 0 : fail("open %s/helper.drivers:", p->lib);
}

static int sum_file(const struct plan *p, const char *name, uint64_t *sum)
{
	int fd = open(sys_path("%s/%s", p->lib, name), O_RDONLY | O_CLOEXEC), ret = -1;
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail("open %s/%s:", p->lib, name);
	data = malloc(st.st_size);
	if (data && read_full(fd, name, data, st.st_size, 0) == 0) {
		*sum = sum64(data, st.st_size);
		ret = 0;
	}
	free(data);
	close(fd);
	return ret;
}

int identity(const struct plan *p, uint64_t *build)
{
	uint64_t sums[2];

	if (sum_file(p, "helper", &sums[0]) < 0 || sum_file(p, "helper.cpio", &sums[1]) < 0)
		return -1;
	*build = sum64(sums, sizeof sums);
	return 0;
}

static int check_watchdog(const char *path, void *arg)
{
	(void)arg;
	if (strcmp(sys_line(sys_path("%s/state", path)), "active"))
		return 0;
	return fail("%s (%s) runs and would restart the machine: stop the watchdog daemon, or set "
		    "RuntimeWatchdogSec=off in systemd's system.conf", sys_show(sys_base(path)),
		    sys_show(sys_line(sys_path("%s/identity", path))));
}

/* The helper has no driver for one: it would restart the machine in the middle of a save. */
int check_watchdogs(void)
{
	return sys_each("/sys/class/watchdog", check_watchdog, NULL);
}

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

	if (cmdline &&
	    (read_kernel_config(sys_path("/proc/config.gz"), &zero, &poisoning) == 0 ||
	     read_kernel_config(sys_path("/boot/config-%s", p->release), &zero, &poisoning) == 0)) {
		fill = free_fill_expected(zero, poisoning, cmdline);
		p->free_pages = fills[fill];
		p->free_plan = plans[fill];
		return;
	}
	p->free_pages = SESSION_FILL_SAVE;
	p->free_plan = sys_format("saved, too: what this kernel expects of them cannot be told "
				  "without /proc/config.gz or /boot/config-%s", p->release);
}
