/* SPDX-License-Identifier: GPL-2.0-only */
/* session.h - what the helper is to do: the kernel's command line, what A tells B, the save */
#ifndef INITRAMFS_SESSION_H
#define INITRAMFS_SESSION_H

#include "../base/session-keys.h"
#include "../image/codec.h"
#include "../image/format.h"
#include "../image/net-spec.h"
#include "../targets/target.h"

enum mode { MODE_NONE, MODE_SAVE, MODE_RESUME };

struct request {
	enum mode mode;
	struct target_spec target;	/* khib.resume=; for MODE_RESUME */
	struct net_spec net;		/* khib.net=; address 0: none */
	bool counted;			/* khib.counted: the attempt is in the head already */
	bool shell;			/* khib.shell: a shell before the end, for rescue */
};

/*
 * Parse /proc/cmdline (changed).  The last khib.save or khib.resume= wins, as with
 * other parameters; khib.id= belongs to the khib.resume= before it.  0, or -1 and
 * why[WHY_SIZE]; the fields that were understood are set then as well.
 */
int mode_parse(char *cmdline, struct request *req, char *why);

/* The session, /etc/khib/session: base/session-keys.h. */
struct session {
	uint64_t mailbox;	/* 0: none */
	uint8_t cookie[16];
	uint8_t id[16];
	struct target_spec targets[SESSION_TARGETS];
	int ntargets;
	struct net_spec net;	/* address 0: none is wanted */
	struct ram_range window;
	const struct codec *codec;	/* NULL if codec_auto */
	int codec_level;
	bool codec_auto;
	bool verify;
	bool ata;
	bool power_off;		/* else reboot */
	uint64_t ram_pages;
	char release[64];
	bool leave_out_free;		/* free pages need not be saved ... */
	enum free_fill free_fill;	/* ... if they are made to hold this */
	struct image_guard guards[IMAGE_MAX_GUARDS];	/* without digests */
	uint32_t nguards;
};

/*
 * Parse text (changed).  0, or -1 and why[WHY_SIZE] with the line's number.
 * Fields from earlier lines stay set.
 */
int session_parse(char *text, struct session *s, char *why);

/* Which step failed; also the code in the mailbox (docs/design.md, section 7). */
enum save_result {
	SAVED = 0, SAVE_NO_SESSION, SAVE_NO_SOURCE, SAVE_NO_GUARD, SAVE_NO_TARGET, SAVE_ABANDONED,
};

/*
 * Save the kernel that is entered at `entry` to the first of the session's targets that
 * takes it.  SAVED: an image is armed.  Else none is, and the sleeping kernel is whole.
 */
enum save_result save(const struct session *s, uint64_t entry);

#endif
