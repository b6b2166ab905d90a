// SPDX-License-Identifier: GPL-2.0-only
/*
 * carry-out.c - load the helper, jump, and say what happened
 *
 * put_back() must put back whatever was altered.  So each change is noted before it
 * is made, and no signal is let in: the steps ask in between whether one has come.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../base/session-keys.h"
#include "carry-out.h"

#define LOAD_MS 120000u		/* a slow machine, and a kernel A without our patch 0007 */
#define BOOT_ONCE_MS 20000u

static struct jump {
	const struct plan *plan;
	struct mailbox_page mailbox;
	bool loaded, boot_once_ran;	/* it may be so: set before it is done */
	bool jumped;
	int jump_errno;
	int status;			/* of the command */
} j = { .status = REFUSED };

/*
 * The kernel keeps back a reserve, 22 MiB of 1 GiB.  Without it caches would be
 * evicted while the helper is loaded and jumped to, and a system that is full
 * has none.  Each CPU keeps free pages on lists of its own, as much again,
 * which neither other CPUs nor the saver see; they shrink with the next pages
 * that are freed.
 */
static struct reserve {
	const char *path, *lent;	/* the value while it is lent */
	bool only_down;			/* a smaller value stays */
	char kept[32];			/* what it was; "": it was not changed */
} reserves[] = {
	{ .path = "/proc/sys/vm/min_free_kbytes", .lent = "1024", .only_down = true },
	/* As large as it gets; since Linux 5.14. */
	{ .path = "/proc/sys/vm/percpu_pagelist_high_fraction", .lent = "1000000" },
};
#define RESERVES (sizeof reserves / sizeof *reserves)

static int reserve_lower(void)
{
	for (size_t i = 0; i < RESERVES; i++) {
		struct reserve *r = &reserves[i];
		char now[sizeof r->kept];

		if (access(r->path, F_OK) < 0)
			continue;
		if (read_text(r->path, now, sizeof now) < 0)
			return -1;
		if (r->only_down && atol(now) <= atol(r->lent))
			continue;
		strcpy(r->kept, now);
		if (sys_write(r->path, r->lent) < 0)
			return fail("write %s:", r->path);
	}
	return 0;
}

static void reserve_restore(void)
{
	for (size_t i = RESERVES; i-- > 0; reserves[i].kept[0] = 0)
		if (*reserves[i].kept && sys_write(reserves[i].path, reserves[i].kept) < 0)
			fail("write %s:", reserves[i].path);
}

/* kexec itself confines the helper to its memory. */
static int load(void)
{
	const struct ram_range *window = &j.plan->window;
	char *argv[] = {
		sys_format("%s/kexec", j.plan->lib),
		"--load-preserve-context", "--elf64-core-headers",
		sys_format("--mem-min=%#llx", (ull)window->start),
		sys_format("--mem-max=%#llx", (ull)window->end - 1),
		"--initrd=/proc/self/fd/3",
		sys_format("--command-line=khib.save %s", j.plan->cmdline),
		sys_format("%s/%s", j.plan->lib, j.plan->helper),
		NULL
	};
	char *session = plan_session(j.plan, j.mailbox.phys, (uint8_t *)j.mailbox.page);
	int ret, archive;

	archive = session ? archive_make(sys_format("%s/helper.cpio", j.plan->lib), session) : -1;
	free(session);
	if (archive < 0)
		return -1;
	j.loaded = true;
	ret = child_run("load the helper", argv, archive, LOAD_MS);
	close(archive);		/* memory that the image need not have */
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
	if (!j.plan->direct || !*j.plan->conf.boot_once)
		return 0;
	j.boot_once_ran = true;
	if (boot_loader("BOOT_ONCE", j.plan->conf.boot_once) < 0)
		return -1;
	flush_all(&j.plan->uses);	/* the boot loader reads what it wrote */
	return 0;
}

/*
 * What was read to load the helper is in the page cache, 5 MB that the image
 * would have and nobody would miss.  Where that fails they are saved.
 */
static void forget_files(void)
{
	static const char *const names[] = { "helper", "helper-net", "helper.cpio", "kexec" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int fd = open(sys_path("%s/%s", j.plan->lib, names[i]), O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}

/*
 * Put back what was altered, the first thing last.  exit() comes here as well,
 * from parts that end the program where memory does not suffice.
 */
static void put_back(void)
{
	stops_defer();
	if (j.boot_once_ran && *j.plan->conf.boot_once_undo && j.status != RESUMED)
		boot_loader("BOOT_ONCE_UNDO", j.plan->conf.boot_once_undo);
	j.boot_once_ran = false;
	if (j.status == REFUSED)
		heads_undo();
	unload();
	reserve_restore();
}

/* What has been mounted since the plan was made would have no guard. */
static int check_uses(void)
{
	uint64_t was = uses_digest(&j.plan->uses), now;
	struct uses uses;

	if (uses_read(&uses) < 0)
		return -1;
	now = uses_digest(&uses);
	return now == was ? 0 : fail("what is mounted or swapped to has changed since the checks "
				     "(%016llx, now %016llx): try again", (ull)was, (ull)now);
}

/*
 * All that goes before the jump, and the jump.  Returns when it is over, or did
 * not come to it.  The reserve comes first: the search for a mailbox takes as
 * much memory as the window has, and what it frees shortens the CPUs' lists.
 */
static void leave(void)
{
	if (reserve_lower() < 0 || mailbox_page_make(&j.mailbox, &j.plan->window) < 0 ||
	    load() < 0 || stop_asked())
		return;
	/* From here on others can see that this system is about to leave. */
	if (heads_make(j.plan) < 0 || boot_once() < 0 || check_uses() < 0 ||
	    !mailbox_page_stays(&j.mailbox))
		return;
	forget_files();
	if (stop_asked())
		return;
	j.jumped = true;
	/* It may return an error value although all went well. */
	j.jump_errno = reboot(LINUX_REBOOT_CMD_KEXEC) < 0 ? errno : 0;
}

static int judge(void)
{
	const char *text;

	if (!j.jumped)
		return REFUSED;
	text = j.mailbox.page + MAILBOX_TEXT;
	j.mailbox.page[MAILBOX_SIZE - 1] = 0;	/* another kernel may have written it */
	if (!*text)
		return j.jump_errno ? REFUSED : UNKNOWN;
	return strncmp(text, "outcome resumed\n", 16) ? RETURNED : RESUMED;
}

int carry_out(const struct plan *plan)
{
	int sig;

	stops_hold();
	j.plan = plan;
	flush_all(&plan->uses);	/* this may take long, and nothing is altered yet */
	if (!stop_asked()) {
		/* If memory does not suffice, this process must live to put things back. */
		if (sys_write("/proc/self/oom_score_adj", "-1000") < 0)
			info("write /proc/self/oom_score_adj:");
		atexit(put_back);
		leave();
		j.status = judge();
		put_back();
	}
	if (j.status != RESUMED)
		heads_discard(&plan->conf, DEVICE_BACK_MS);
	sig = stop_asked();
	if (!j.jumped && sig) {
		info("interrupted by signal %d: nothing has changed", sig);
		return 128 + sig;
	}
	if (j.status == RESUMED || j.status == RETURNED) {
		report(j.mailbox.page + MAILBOX_TEXT, j.status == RESUMED, plan);
	} else if (j.status == UNKNOWN) {
		fail("jumped and came back, and the mailbox is empty: what happened is not known");
	} else if (j.jumped) {
		errno = j.jump_errno;
		fail("jump to the helper:");
	}
	/* The report has waited for the target that the image was on. */
	if (j.status == RESUMED)
		heads_discard(&plan->conf, 0);
	slots_end(false);	/* what the report has read is wanted no more */
	return j.status;
}
