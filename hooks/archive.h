/* SPDX-License-Identifier: GPL-2.0-only */
/* archive.h - the helper's initramfs with the session in it, in memory */
#ifndef HOOKS_ARCHIVE_H
#define HOOKS_ARCHIVE_H

/*
 * A file in memory: the archive base, followed by one that has the session as
 * /etc/khib/session.  Returns its descriptor, or -1 and said.
 */
int archive_make(const char *base, const char *session);

#endif
