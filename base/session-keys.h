/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session-keys.h - what A and the helper tell each other
 *
 * A writes the session, /etc/khib/session, and B parses it: text, one "key value" a line
 * behind the first one.  The mailbox is a page of A's memory in which B or C leave what
 * happened: a cookie that A drew, then text, ended by NUL (docs/design.md section 7).  Its
 * key stands early, so that a mistake below it can be told to A.
 */
#ifndef BASE_SESSION_KEYS_H
#define BASE_SESSION_KEYS_H

#define SESSION_FIRST		"khib-session 1"
#define SESSION_MAILBOX		"mailbox"	/* ADDRESS COOKIE: physical; 32 hex digits */
#define SESSION_ID		"id"		/* of this session, 32 hex digits */
#define SESSION_TARGET		"target"	/* TARGET ID, repeated, in the order to be tried */
#define SESSION_NET		"net"		/* of targets on servers: image/net-spec.h */
#define SESSION_WINDOW		"window"	/* START END: physical; the jump exchanges it */
#define SESSION_CODEC		"codec"		/* NAME[:LEVEL], or auto: the saver chooses */
#define SESSION_VERIFY		"verify"	/* yes|no: compare the image with memory first */
#define SESSION_ATA		"ata"		/* yes|no: A has libata disks.  Default: yes */
#define SESSION_END		"end"		/* poweroff|reboot.  Default: poweroff */
#define SESSION_RAM_PAGES	"ram-pages"	/* whole pages of System RAM in A's /proc/iomem */
#define SESSION_RELEASE		"release"	/* A's kernel */
#define SESSION_FREE_PAGES	"free-pages"	/* what A expects of them.  Default: save */
#define SESSION_GUARD		"guard"		/* NAME TYPE ID SIZE [removable], repeated */
#define SESSION_REMOVABLE	"removable"	/* this device may be gone at the resume */

#define SESSION_TARGETS		8
#define SESSION_SIZE		16384u	/* of the file, at most */

/* enum free_fill: nothing, init_on_free, page_poison; and what says that none is left out. */
#define SESSION_FILLS		{ "leave", "zero", "poison" }
#define SESSION_FILL_SAVE	"save"

#define MAILBOX_SIZE		4096u
#define MAILBOX_TEXT		16u	/* the text starts behind the cookie */

#endif
