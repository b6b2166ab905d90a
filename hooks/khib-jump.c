// SPDX-License-Identifier: GPL-2.0-only
/*
 * khib-jump.c - carry out a plan of khib-plan: load the helper, jump, and say what happened
 *
 * usage: khib-jump DIR
 *
 * DIR has the files plan (plan-file.h) and session (initramfs/session.h, without
 * its first line and its mailbox), which are taken away.  KHIB_LIB is where the
 * helper is.
 *
 * Whatever happens, interruptions included, put_back() puts back what was
 * altered.  So each change is noted before it is made, and no signal is let in:
 * the steps ask in between whether one has come.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/session-keys.h"
#include "../image/refuse.h"
#include "archive.h"
#include "child.h"
#include "flush.h"
#include "heads.h"
#include "mailbox-page.h"
#include "report.h"
#include "reserve.h"
#include "uses.h"

#define LOAD_MS 120000u		/* a slow machine, and a kernel A without our patch 0007 */
#define BOOT_ONCE_MS 20000u

static struct jump {
	struct plan plan;
	char plan_text[PLAN_SIZE];
	char session_text[PLAN_SIZE];
	uint8_t session[16];		/* its id */
	const char *lib;
	struct mailbox_page mailbox;
	int archive;
	bool loaded, boot_once_ran;	/* it may be so: set before it is done */
	bool jumped;
	int jump_errno;
	int status;			/* of the command: report.h */
} j = { .status = REFUSED };

/* Read a file of the plan, and take it away. */
static int take_file(const char *dir, const char *name, char *text)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (read_text(path, text, PLAN_SIZE) < 0)
		return -1;
	unlink(path);
	return 0;
}

static int read_plan(const char *dir)
{
	char why[WHY_SIZE], id[40];

	if (take_file(dir, "plan", j.plan_text) < 0 ||
	    take_file(dir, "session", j.session_text) < 0)
		return -1;
	if (plan_parse(j.plan_text, &j.plan, why) < 0)
		return fail("%s/plan: %s", dir, why);
	if (!id_parse(plan_value(j.session_text, "id", id, sizeof id), j.session))
		return fail("%s/session: its id '%s' has not 32 hex digits", dir, id);
	return 0;
}

static int make_archive(void)
{
	static char text[PLAN_SIZE + 128];
	char cookie[33], path[256];

	id_format((uint8_t *)j.mailbox.page, cookie);
	snprintf(text, sizeof text, SESSION_FIRST "\n" SESSION_MAILBOX " %#llx %s\n%s",
		 (unsigned long long)j.mailbox.phys, cookie, j.session_text);
	snprintf(path, sizeof path, "%s/helper.cpio", j.lib);
	j.archive = archive_make(path, text);
	return j.archive < 0 ? -1 : 0;
}

/* kexec itself confines the helper to its memory. */
static int load(void)
{
	char kexec[256], helper[256], min[40], max[40], cmdline[2048];
	char *argv[] = { kexec, "--load-preserve-context", "--elf64-core-headers", min, max,
			 "--initrd=/proc/self/fd/3", cmdline, helper, NULL };
	int ret;

	snprintf(kexec, sizeof kexec, "%s/kexec", j.lib);
	snprintf(helper, sizeof helper, "%s/helper", j.lib);
	snprintf(min, sizeof min, "--mem-min=%#llx", (unsigned long long)j.plan.start);
	snprintf(max, sizeof max, "--mem-max=%#llx", (unsigned long long)j.plan.end - 1);
	snprintf(cmdline, sizeof cmdline, "--command-line=khib.save %s", j.plan.cmdline);
	j.loaded = true;
	ret = child_run("load the helper", argv, j.archive, LOAD_MS);
	close(j.archive);	/* memory that the image need not have */
	return ret;
}

/* What is loaded has run, or will not run: the next kexec -e must not start it. */
static void unload(void)
{
	for (int i = 0; j.loaded; i++) {
		if (syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_DEFAULT) == 0)
			break;
		if (errno != EBUSY || i == 50) {
			fail("unload the helper:");
			return;
		}
		usleep(100000);
	}
	j.loaded = false;
}

/* A command of the configuration. */
static int boot_loader(const char *key, const char *command)
{
	char *argv[] = { "/bin/sh", "-c", (char *)command, NULL };

	return child_run(key, argv, -1, BOOT_ONCE_MS);
}

static int boot_once(void)
{
	if (!j.plan.boot_once)
		return 0;
	j.boot_once_ran = true;
	if (boot_loader("BOOT_ONCE", j.plan.boot_once) < 0)
		return -1;
	flush_all();	/* the boot loader reads what it wrote */
	return 0;
}

/*
 * What was read to load the helper is in the page cache, 5 MB that the image
 * would have and nobody would miss.  Where that fails they are saved.
 */
static void forget_files(void)
{
	static const char *const names[] = { "helper", "helper.cpio", "kexec" };
	char path[256];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int fd;

		snprintf(path, sizeof path, "%s/%s", j.lib, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}

/* If memory does not suffice, this process must live to put back what was altered. */
static void survive(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "-1000", 5) < 0)
		info("write /proc/self/oom_score_adj:");
	if (fd >= 0)
		close(fd);
}

/*
 * Put back what was altered, the first thing last.  exit() comes here as well,
 * from parts that end the program where memory does not suffice.
 */
static void put_back(void)
{
	stops_defer();
	if (j.boot_once_ran && j.plan.boot_once_undo && j.status != RESUMED)
		boot_loader("BOOT_ONCE_UNDO", j.plan.boot_once_undo);
	j.boot_once_ran = false;
	if (j.status == REFUSED)
		heads_undo();
	unload();
	reserve_restore();
}

/* What has been mounted since the plan was made would have no guard. */
static bool same_uses(void)
{
	struct uses uses;
	char now[17];

	if (uses_read(&uses) < 0)
		return false;
	snprintf(now, sizeof now, "%016llx", (unsigned long long)uses_digest(&uses));
	if (!strcmp(now, j.plan.uses))
		return true;
	fail("what is mounted or swapped to has changed since the checks (%s, now %s): try again",
	     j.plan.uses, now);
	return false;
}

/*
 * All that goes before the jump, and the jump.  Returns when it is over, or did
 * not come to it.  The reserve comes first: the search for a mailbox takes as
 * much memory as the window has, and what it frees shortens the CPUs' lists.
 */
static void leave(void)
{
	if (reserve_lower() < 0 || mailbox_page_make(&j.mailbox, j.plan.start, j.plan.end) < 0 ||
	    make_archive() < 0 || load() < 0 || stop_asked())
		return;
	/* From here on others can see that this system is about to leave. */
	if (heads_make(&j.plan) < 0 || boot_once() < 0 || !same_uses() ||
	    !mailbox_page_stays(&j.mailbox))
		return;
	forget_files();
	if (stop_asked())
		return;
	j.jumped = true;
	/* It may return an error value although all went well. */
	j.jump_errno = reboot(LINUX_REBOOT_CMD_KEXEC) < 0 ? errno : 0;
}

/* What happened, by the mailbox. */
static int judge(void)
{
	int said;

	if (!j.jumped)
		return REFUSED;
	j.mailbox.page[MAILBOX_SIZE - 1] = 0;	/* another kernel may have written it */
	said = outcome(j.mailbox.page + MAILBOX_TEXT);
	return said == UNKNOWN && j.jump_errno ? REFUSED : said;
}

static int hibernate(void)
{
	int sig;

	flush_all();	/* this may take long, and nothing is altered yet */
	if (!stop_asked()) {
		survive();
		atexit(put_back);
		leave();
		j.status = judge();
		put_back();
	}
	if (j.status != RESUMED)
		heads_discard(&j.plan);
	sig = stop_asked();
	if (!j.jumped && sig) {
		info("interrupted by signal %d: nothing has changed", sig);
		return 128 + sig;
	}
	if (j.status == RESUMED || j.status == RETURNED) {
		report(j.mailbox.page + MAILBOX_TEXT, &j.plan, j.session);
	} else if (j.status == UNKNOWN) {
		fail("jumped and came back, and the mailbox is empty: what happened is not known");
	} else if (j.jumped) {
		errno = j.jump_errno;
		fail("jump to the helper:");
	}
	return j.status;
}

int main(int argc, char **argv)
{
	log_to_stderr("kexec-hibernate");
	j.lib = getenv("KHIB_LIB");
	if (argc != 2 || !j.lib) {
		fail("usage: KHIB_LIB=DIR khib-jump DIR");
		return USAGE;
	}
	stops_hold();
	if (read_plan(argv[1]) < 0)
		return REFUSED;
	return hibernate();
}
