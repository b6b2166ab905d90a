// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - may this kernel jump, and what runs in it that would not bear it? */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/iomem.h"
#include "../image/sum.h"
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
	return has_kexec_jump() ? 0
				: fail("kernel %s is built without CONFIG_KEXEC_JUMP", p->release);
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
