// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - pid 1 of the helper kernel
 *
 * Only this file decides, sleeps or ends.  The cost of failure decides what comes
 * next: while saving, the frozen system is whole, so every failure jumps back to
 * it; while resuming, a failure before the first write to oldmem leads to an
 * ordinary boot, one after it to a reboot, never to a jump.
 */
#include <fcntl.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/console.h"
#include "../base/io.h"
#include "../base/jump.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../base/net.h"
#include "../base/session-keys.h"
#include "../restorer/restore.h"
#include "session.h"

#define TARGET_WAIT_MS 20000u
#define NET_WAIT_MS 20000u	/* a switch may take its time */
#define READ_MS 10000u		/* for a person to read the last message */

enum next { JUMP_BACK, BOOT, REBOOT, POWER_OFF };

static int mount_one(const char *type, const char *dir)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, 0, NULL) < 0)
		return fail("mount %s on %s:", type, dir);
	return 0;
}

/* How it went, for the mailbox: docs/design.md section 7. */
struct outcome {
	const char *name;
	int code;
	uint64_t bytes;		/* of the image; 0: there is none */
	uint64_t save_ms, restore_ms;
};

/* Fill the mailbox, with text that is cut to fit, if the cookie shows that the page is that. */
static void tell(uint64_t mailbox, const uint8_t *cookie, const struct outcome *o)
{
	char page[MAILBOX_SIZE];
	int fd;

	if (!mailbox) {
		info("no mailbox: the sleeping kernel will not know what happened");
		return;
	}
	fd = open("/dev/oldmem", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fail("open /dev/oldmem:");
		return;
	}
	if (read_full(fd, "mailbox", page, sizeof page, mailbox) < 0)
		goto out;
	if (memcmp(page, cookie, MAILBOX_TEXT)) {
		fail("mailbox at %#llx starts with %02x%02x..., its cookie with "
		     "%02x%02x...: left alone", (ull)mailbox, page[0] & 0xff, page[1] & 0xff,
		     cookie[0], cookie[1]);
		goto out;
	}
	memset(page + MAILBOX_TEXT, 0, sizeof page - MAILBOX_TEXT);
	snprintf(page + MAILBOX_TEXT, sizeof page - MAILBOX_TEXT,
		 "outcome %s\ncode %d\nmessage %s\nbytes %llu\nsave-ms %llu\nrestore-ms %llu\n"
		 "window-free-kib %u\n\n%s", o->name, o->code, log_last_failure(), (ull)o->bytes,
		 (ull)o->save_ms, (ull)o->restore_ms, memfree_seen.least, log_text());
	write_full(fd, "mailbox", page, sizeof page, mailbox);
out:
	close(fd);
}

/* The work is done: say how close it came to the window's limits. */
static void say_memory(void)
{
	memfree_sample();
	info("window: %u KiB free at the lowest point", memfree_seen.least);
}

static enum next save_mode(void)
{
	static char text[SESSION_SIZE];
	static struct session s;
	struct outcome o = { .name = "failed", .code = SAVE_NO_SESSION };
	uint64_t entry, began = now_ms();
	char why[WHY_SIZE];

	if (jump_entry_read(&entry) < 0)
		return REBOOT;
	if (!entry) {
		fail("khib.save without kexec_jump_back_entry=: nothing sleeps here");
		return REBOOT;
	}
	/* From here on there is a system to go back to, so everything else may fail. */
	if (jump_load(entry) < 0)
		return REBOOT;
	if (read_text("/etc/khib/session", text, sizeof text) < 0)
		return JUMP_BACK;
	if (session_parse(text, &s, why) < 0) {
		fail("%s", why);
	} else {
		abandon_watch();
		info("Esc or Ctrl-Alt-Del: give up and go back");
		o.code = save(&s, entry);
		abandon_end();
		if (o.code == SAVED) {
			say_memory();
			return s.power_off ? POWER_OFF : REBOOT;
		}
	}
	o.save_ms = now_ms() - began;
	tell(s.mailbox, s.cookie, &o);
	return JUMP_BACK;
}

/* What the jump leads into, in MODE_RESUME. */
static struct image resumed;
static struct target_spec resumed_from;

static enum next resume_mode(const struct request *req)
{
	struct image *img = &resumed;
	struct outcome o = { .name = "resumed" };
	enum resumed end = RESUME_REFUSED;
	struct target target;

	if ((req->net.address && net_up(&req->net, NET_WAIT_MS) < 0) ||
	    target_find(&req->target, true, TARGET_WAIT_MS, &target) < 0)
		return BOOT;
	if (image_open(img, &target, req->counted ? IMAGE_RESUME_COUNTED : IMAGE_RESUME) == 0)
		end = resume(img, true);
	if (end != RESUME_READY) {
		image_resume_failed(img);
		target_close(&img->target);
		return end == RESUME_REFUSED ? BOOT : REBOOT;
	}
	say_memory();
	o.bytes = img->head.tail_offset + img->head.tail_length;
	o.save_ms = img->tail.tail->save_ms;
	o.restore_ms = img->restore_ms;
	tell(img->head.mailbox, img->head.cookie, &o);
	resumed_from = req->target;
	target_close(&img->target);	/* a file system, say, must not stay mounted */
	return JUMP_BACK;
}

/* A has not run: the image is tried again, if an attempt is left. */
static void take_back(struct image *img)
{
	if (target_find(&resumed_from, true, 0, &img->target) == 0 && image_jump_failed(img) == 0)
		image_resume_failed(img);
	target_close(&img->target);
}

static enum next run(struct request *req)
{
	static char cmdline[4096];
	char why[WHY_SIZE];
	int parsed;

	if (read_text("/proc/cmdline", cmdline, sizeof cmdline) < 0)
		return REBOOT;
	parsed = mode_parse(cmdline, req, why);
	if (parsed < 0)
		fail("command line: %s", why);
	memfree_sample();
	switch (req->mode) {
	case MODE_SAVE:
		/* A slip in the command line does not keep A from its return. */
		return save_mode();
	case MODE_RESUME:
		return parsed < 0 ? BOOT : resume_mode(req);
	default:
		fail("neither khib.save nor khib.resume= on the command line");
		return BOOT;
	}
}

static void rescue_shell(void)
{
	static char *const argv[] = { "sh", NULL };
	pid_t pid;

	if (access("/bin/sh", X_OK) < 0) {
		fail("khib.shell: no /bin/sh in this initramfs (mkimage.sh --busybox):");
		return;
	}
	info("khib.shell: leave the shell to go on");
	pid = fork();
	if (pid == 0) {
		execv("/bin/sh", argv);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* The end of every way.  pid 1 must not return: that would be a panic. */
static void __attribute__((noreturn)) finish(enum next next)
{
	sync();
	switch (next) {
	case JUMP_BACK:
		info("jumping back");
		jump();
		if (resumed.head.state == IMAGE_USED)
			take_back(&resumed);
		fail("no way back: rebooting in %u s", READ_MS / 1000);
		usleep(READ_MS * 1000);
		break;
	case POWER_OFF:
		info("powering off");
		reboot(LINUX_REBOOT_CMD_POWER_OFF, NULL);
		fail("power off:");
		break;
	case BOOT:
		info("rebooting for an ordinary boot");
		break;
	case REBOOT:
		info("rebooting");
		break;
	}
	reboot(LINUX_REBOOT_CMD_RESTART, NULL);
	fail("reboot:");
	for (;;)
		pause();
}

int main(void)
{
	struct request req = { 0 };
	enum next next = REBOOT;
	bool mounted;

	/* Ctrl-Alt-Del would restart at once, and lose the system that sleeps in memory. */
	reboot(LINUX_REBOOT_CMD_CAD_OFF, NULL);
	/* The console is open as 0, 1, 2 if there is one; kmsg comes with devtmpfs. */
	mounted = !mount_one("devtmpfs", "/dev");
	log_to_kmsg();
	mounted = !mount_one("proc", "/proc") && !mount_one("sysfs", "/sys") && mounted;
	if (mounted)
		next = run(&req);
	if (req.shell)
		rescue_shell();
	finish(next);
}
