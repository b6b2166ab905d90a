/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mailbox.h - a page of A's memory in which B or C leave what happened
 *
 * The page starts with a cookie that A drew; text follows, ended by NUL: lines
 * "key value", then an empty line, then the log of the helper.  The keys:
 *	outcome		resumed, or failed
 *	code		0, or which step of the save failed: enum save_result
 *	message		what failed
 *	bytes		of the image, 0 if there is none
 *	save-ms		what saving took, also if it failed
 *	restore-ms	what restoring took
 *	window-free-kib	what was left of the helper's memory at the lowest point
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdint.h>

#define MAILBOX_SIZE	4096u
#define MAILBOX_TEXT	16u		/* the text starts behind the cookie */

/*
 * Write text (cut to fit) to the mailbox at this physical address.  If the
 * cookie is not there nothing is written.  0, or -1 and the failure has been said.
 */
int mailbox_tell(uint64_t phys, const uint8_t cookie[16], const char *text);

#endif
