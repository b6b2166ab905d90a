/* SPDX-License-Identifier: GPL-2.0-only */
/* heads.h - the heads of the targets: made before the jump, looked at after it */
#ifndef HOOKS_HEADS_H
#define HOOKS_HEADS_H

#include "plan-file.h"

/*
 * Give each target of the plan that is blank an empty head, with its id.  The
 * others stay as they are; the helper writes over what cannot be resumed.  A
 * target that has changed since the plan was made is refused.  0, or -1 and said.
 */
int heads_make(const struct plan *plan);

/* Make the targets blank again that heads_make() gave a head, where that is still there. */
void heads_undo(void);

/* This system has gone on: what any target of the configuration holds of it must not be resumed. */
void heads_discard(const struct plan *plan);

#endif
