/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session-keys.h - what A and the helper tell each other
 *
 * The words of the session, which A writes and B parses (initramfs/session.h), and
 * the mailbox: a page of A's memory in which B or C leave what happened.  It starts
 * with a cookie that A drew; text follows, ended by NUL (docs/design.md section 7).
 */
#ifndef BASE_SESSION_KEYS_H
#define BASE_SESSION_KEYS_H

#define SESSION_FIRST		"khib-session 1"
#define SESSION_MAILBOX		"mailbox"
#define SESSION_ID		"id"
#define SESSION_TARGET		"target"
#define SESSION_WINDOW		"window"
#define SESSION_CODEC		"codec"
#define SESSION_VERIFY		"verify"
#define SESSION_ATA		"ata"
#define SESSION_END		"end"
#define SESSION_RAM_PAGES	"ram-pages"
#define SESSION_RELEASE		"release"
#define SESSION_FREE_PAGES	"free-pages"
#define SESSION_GUARD		"guard"
#define SESSION_REMOVABLE	"removable"

#define SESSION_TARGETS		8
#define SESSION_SIZE		16384u	/* of the file, at most */

/* enum free_fill, and what says that no page is left out. */
#define SESSION_FILLS		{ "leave", "zero", "poison" }
#define SESSION_FILL_SAVE	"save"

#define MAILBOX_SIZE		4096u
#define MAILBOX_TEXT		16u	/* the text starts behind the cookie */

#endif
