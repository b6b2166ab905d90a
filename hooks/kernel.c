// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - may this kernel jump, and what does it expect of its free pages? */
#include <errno.h>
#include <linux/kexec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/log.h"
#include "../base/machine.h"
#include "../image/page.h"
#include "plan.h"

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
	/*
	 * A segment that cannot be read: the kernel looks at the flags first, and loads
	 * and unloads nothing.  Only KEXEC_JUMP knows KEXEC_PRESERVE_CONTEXT.
	 */
	if (syscall(SYS_kexec_load, 0ul, 1ul, NULL, (unsigned long)KEXEC_PRESERVE_CONTEXT) < 0 &&
	    errno == EFAULT)
		return 0;
	return fail("kernel %s is built without CONFIG_KEXEC_JUMP", p->release);
}

int check_files(struct plan *p)
{
	static const char *const names[] = {
		"helper", "helper-net", "helper.cpio", "kexec", "khimage",
	};

	p->helper = names[0];
	for (int i = 0; i < p->conf.ntargets; i++)
		if (p->conf.targets[i].spec.kind->network)
			p->helper = names[1];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (access(sys_path("%s/%s", p->lib, names[i]), R_OK) < 0)
			return fail("%s/%s: missing", p->lib, names[i]);
	p->drivers = sys_read(sys_path("%s/%s.drivers", p->lib, p->helper));
	return p->drivers ? 0 : fail("open %s/%s.drivers:", p->lib, p->helper);
}

int identity(const struct plan *p, uint64_t *build)
{
	static const char *const names[] = { "helper", "helper-net", "helper.cpio" };
	uint64_t sums[3];

	for (int i = 0; i < 3; i++) {
		size_t len;
		char *data = sys_read_bytes(sys_path("%s/%s", p->lib, names[i]), &len);

		if (!data)
			return fail("read %s/%s:", p->lib, names[i]);
		sums[i] = sum64(data, len);
		free(data);
	}
	*build = sum64(sums, sizeof sums);
	return 0;
}

/* The helper has no driver for one: it would restart the machine in the middle of a save. */
int check_watchdogs(void)
{
	char **dog = sys_glob(sys_path("/sys/class/watchdog/*"));

	for (; dog && *dog; dog++)
		if (!strcmp(sys_line(sys_format("%s/state", *dog)), "active"))
			return fail("%s (%s) runs and would restart the machine: stop the watchdog "
				    "daemon, or set RuntimeWatchdogSec=off in systemd's "
				    "system.conf", sys_show(sys_base(*dog)),
				    sys_show(sys_line(sys_format("%s/identity", *dog))));
	return dog ? 0 : -1;
}

/*
 * Is word "name=VALUE"?  Then set *on to the value, if kstrtobool() of the kernel
 * can read it.  The kernel takes '-' for '_' in names.
 */
static void take_switch(const char *word, const char *name, bool *on)
{
	while (*name && (*word == *name || (*name == '_' && *word == '-'))) {
		word++;
		name++;
	}
	if (*name || *word++ != '=')
		return;
	if (strspn(word, "1yYtT") || !strncasecmp(word, "on", 2))
		*on = true;
	else if (strspn(word, "0nNfF") || !strncasecmp(word, "of", 2))
		*on = false;
}

enum free_fill free_fill_expected(bool zero, bool poisoning, const char *cmdline)
{
	char *rest = sys_format("%s", cmdline), *to = rest, *word;
	bool poison = false;

	for (const char *p = cmdline; *p; p++)
		if (*p != '"')	/* the kernel leaves them out */
			*to++ = *p;
	*to = 0;
	/* The last one counts that the kernel can read; those behind -- are for init. */
	while ((word = strsep(&rest, " \n")) && strcmp(word, "--")) {
		take_switch(word, "init_on_free", &zero);
		take_switch(word, "page_poison", &poison);
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
