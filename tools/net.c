// SPDX-License-Identifier: GPL-2.0-only
/* net.c - khimage net-up and net-down: a network in A's initramfs, for targets on servers */
#include "../base/log.h"
#include "../base/net.h"
#include "khimage.h"

#define LINK_MS 6000u		/* as long as the boot script waits for disks */

static int set(const char *text, bool up)
{
	struct net_spec net;
	char why[WHY_SIZE];

	if (net_spec_parse(text, &net, why) < 0) {
		fail("%s", why);
		return FAILED;
	}
	if (!up)
		net_down(&net);
	else if (net_up(&net, LINK_MS) < 0)
		return FAILED;
	return OK;
}

int net_up_command(const struct arguments *a)
{
	return set(a->operands[0], true);
}

int net_down_command(const struct arguments *a)
{
	return set(a->operands[0], false);
}
