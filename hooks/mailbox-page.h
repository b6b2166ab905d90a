/* SPDX-License-Identifier: GPL-2.0-only */
/* mailbox-page.h - the page of this system in which the helper leaves what happened */
#ifndef HOOKS_MAILBOX_PAGE_H
#define HOOKS_MAILBOX_PAGE_H

#include <stdbool.h>
#include <stdint.h>

struct mailbox_page {
	char *page;		/* cookie, then text: base/session-keys.h */
	uint64_t phys;
};

/*
 * Make a page outside the window [start, end) that stays where it is as long as
 * this process lives, with a random cookie in it.  0, or -1 and said.
 */
int mailbox_page_make(struct mailbox_page *m, uint64_t start, uint64_t end);

/* Is it still where it was? */
bool mailbox_page_stays(const struct mailbox_page *m);

#endif
