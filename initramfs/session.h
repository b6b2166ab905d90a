/* SPDX-License-Identifier: GPL-2.0-only */
/* session.h - what the helper is to do: the kernel's command line, and what A tells B */
#ifndef INITRAMFS_SESSION_H
#define INITRAMFS_SESSION_H

#include "../base/session-keys.h"
#include "../image/codec.h"
#include "../image/format.h"
#include "../image/target-spec.h"

enum mode { MODE_NONE, MODE_SAVE, MODE_RESUME };

struct request {
	enum mode mode;
	struct target_spec target;	/* khib.resume=; for MODE_RESUME */
	bool counted;			/* khib.counted: the attempt is in the head already */
	bool shell;			/* khib.shell: a shell before the end, for rescue */
};

/*
 * Parse /proc/cmdline (changed).  The last khib.save or khib.resume= wins, as with
 * other parameters; khib.id= belongs to the khib.resume= before it.  0, or -1 and
 * why[WHY_SIZE]; the fields that were understood are set then as well.
 */
int mode_parse(char *cmdline, struct request *req, char *why);

/*
 * /etc/khib/session: text, one "key value" a line.  The first line is "khib-session 1".
 *	mailbox ADDRESS COOKIE	physical address of the mailbox page, 32 hex digits
 *	id ID			of this session, 32 hex digits
 *	target TARGET ID	repeated, in the order to be tried; the ID that its head has
 *	window START END	physical addresses; the jump exchanges [START, END)
 *	codec NAME[:LEVEL]	or auto: the saver chooses
 *	verify yes|no		read the image again and compare it with memory before the end
 *	ata yes|no		is any block device of A behind libata?  yes without the key
 *	end poweroff|reboot
 *	ram-pages N		whole pages of System RAM that A counts in /proc/iomem
 *	release TEXT		A's kernel
 *	free-pages leave|zero|poison	what A expects of its free pages: nothing,
 *				zeroes (init_on_free) or the poison (page_poison);
 *		   save		that cannot be told: leave none out, as without the key
 *	guard NAME TYPE ID SIZE [removable]	repeated: a block device that A uses, as
 *				khimage guard prints it; removable: it may be gone at the resume
 * The mailbox stands early so that a mistake below it can be told to A.
 */
struct session {
	uint64_t mailbox;	/* 0: none */
	uint8_t cookie[16];
	uint8_t id[16];
	struct target_spec targets[SESSION_TARGETS];
	int ntargets;
	struct ram_range window;
	const struct codec *codec;	/* NULL if codec_auto */
	int codec_level;
	bool codec_auto;
	bool verify;
	bool no_ata;
	enum session_end { END_POWER_OFF, END_REBOOT } end;
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

#endif
