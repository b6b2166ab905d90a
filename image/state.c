// SPDX-License-Identifier: GPL-2.0-only
/* state.c - the transitions of an image's state; the diagram is in state.h */
#include <string.h>

#include "head.h"
#include "refuse.h"
#include "state.h"

static int change(struct image_head *head, enum image_state from, enum image_state to, char *why)
{
	if (head->state != from)
		return refuse(why, "image is %s: it cannot become %s", state_name(head->state),
			      state_name(to));
	head->state = to;
	return 0;
}

void state_format(struct image_head *head, const uint8_t target_id[16])
{
	uint8_t id[16];

	memcpy(id, target_id, sizeof id);	/* it may be the head's own */
	memset(head, 0, sizeof *head);
	memcpy(head->target_id, id, sizeof id);
	head->state = IMAGE_EMPTY;
}

int state_write(struct image_head *head, char *why)
{
	char unused[WHY_SIZE];

	if (head_resumable(head, false, unused) == 0)
		return refuse(why, "holds an image that is %s, an empty target was expected",
			      state_name(head->state));
	state_format(head, head->target_id);
	head->state = IMAGE_WRITING;
	return 0;
}

int state_arm(struct image_head *head, char *why)
{
	return change(head, IMAGE_WRITING, IMAGE_ARMED, why);
}

int state_emptied(struct image_head *head, const char *reason, char *why)
{
	/* Armed: its head could not be written, and what the device has is not known. */
	if (head->state != IMAGE_ARMED && change(head, IMAGE_WRITING, IMAGE_EMPTY, why) < 0)
		return -1;
	state_format(head, head->target_id);
	text_copy(head->reason, sizeof head->reason, reason);
	return 0;
}

int state_attempt(struct image_head *head, char *why)
{
	if (head_resumable(head, false, why) < 0)
		return -1;
	head->state = IMAGE_RESUMING;
	head->attempts++;
	return 0;
}

int state_used(struct image_head *head, uint64_t now, char *why)
{
	if (change(head, IMAGE_RESUMING, IMAGE_USED, why) < 0)
		return -1;
	head->ended = now;
	return 0;
}

int state_jump_failed(struct image_head *head, char *why)
{
	if (change(head, IMAGE_USED, IMAGE_RESUMING, why) < 0)
		return -1;
	head->ended = 0;
	return 0;
}

int state_failed(struct image_head *head, const char *reason, uint64_t now, char *why)
{
	bool foreign = head_foreign(head);

	if (head->state != IMAGE_ARMED && change(head, IMAGE_RESUMING, IMAGE_FAILED, why) < 0)
		return -1;
	head->state = IMAGE_FAILED;
	if (foreign)
		return 0;	/* only what head_foreign() names has a place that is known */
	head->ended = now;
	head->told = 0;
	text_copy(head->reason, sizeof head->reason, reason);
	return 0;
}

bool state_is_live(uint32_t state)
{
	return state == IMAGE_ARMED || state == IMAGE_RESUMING;
}
