/* SPDX-License-Identifier: GPL-2.0-only */
/* carry-out.h - load the helper, jump, and say what happened */
#ifndef HOOKS_CARRY_OUT_H
#define HOOKS_CARRY_OUT_H

#include "plan.h"

/* Exit statuses of the command; 128 and a signal's number: it was interrupted. */
enum { RESUMED = 0, REFUSED = 1, USAGE = 2, RETURNED = 3, UNKNOWN = 4 };

#define DEVICE_BACK_MS 5000u	/* a USB device is found anew after a jump */

/*
 * Returns an exit status.  Whatever happens, interruptions included, what was
 * altered is put back.  No signal ends this process from here on.
 */
int carry_out(const struct plan *plan);

/*
 * Write out what waits in memory: one mounted file system after the other, those
 * on disks first, then all that is left.  One that does not end in 10 s, for its
 * server is gone, is told and passed by; so is the rest after 30 s.  It ends early
 * if a stop is asked.
 */
void flush_all(const struct uses *uses);

/*
 * Give each target of the plan that is blank an empty head, with its id.  The
 * others stay as they are; the helper writes over what cannot be resumed.  A
 * target that has changed since the plan was made is refused.  0, or -1 and said.
 */
int heads_make(const struct plan *plan);

/* Make the targets blank again that heads_make() gave a head, where that is still there. */
void heads_undo(void);

/*
 * Hold slots of a swap area, bytes of them or as many as are free, and make them the target
 * with the planned id.  0, or -1 and said.  Let them go: when nothing in them is wanted any
 * more; undo: there was no jump, and nothing may show that they were held.
 */
int slots_make(const struct planned_target *target, uint64_t bytes);
void slots_end(bool undo);

/* Of that: n slots, by their bytes on the device, become the target in the area on f. */
struct file;
int slots_write(const struct file *f, const struct target_spec *spec, const uint64_t *slots,
		size_t n);

/*
 * This system has gone on: what any target of the configuration holds of it must not be resumed.
 * wait_ms: for a target that is not there.
 */
void heads_discard(const struct config *conf, unsigned int wait_ms);

/* The page of this system in which the helper leaves what happened. */
struct mailbox_page {
	char *page;		/* cookie, then text: base/session-keys.h */
	uint64_t phys;
};

/*
 * Make a page outside the window that stays where it is as long as this process
 * lives, with a random cookie in it.  0, or -1 and said.
 */
int mailbox_page_make(struct mailbox_page *m, const struct ram_range *window);

/* Is it still where it was? */
bool mailbox_page_stays(const struct mailbox_page *m);

/*
 * The value of the first line "key value" of the mailbox above an empty line, "" if
 * there is none; what cannot be printed is a question mark.  The text stays.
 */
const char *mailbox_value(const char *text, const char *key);

/*
 * Say what the mailbox tells, a text of another kernel, ended by NUL; and after a
 * resume, from the image of this session, how the save went.
 */
void report(const char *text, bool resumed, const struct plan *plan);

/*
 * From here on HUP, INT, QUIT and TERM end this process with status 128 + signal,
 * but for those that were ignored when it was started (nohup); no other signal
 * ends or stops it.
 */
void stops_end(void);

/* Behind stops_end(): these no longer end this process, they ask it to stop. */
void stops_hold(void);

/* The signal that asked to stop, or 0.  Once asked it stays asked. */
int stop_asked(void);

/* From here on a stop cuts no wait short: what is altered has to be put back. */
void stops_defer(void);

/*
 * Run a program, ms at most; name is for messages.  keep: a descriptor that it has as 3,
 * or -1.  It goes first if memory does not suffice.  0, or -1 and said; what was asked to
 * stop is ended and says nothing.
 */
int child_run(const char *name, char *const *argv, int keep, unsigned int ms);

#endif
