// SPDX-License-Identifier: GPL-2.0-only
/* net.c - khimage net-up and net-down: a network in A's initramfs, for targets on servers */
#include <stdio.h>

#include "../base/log.h"
#include "../base/net.h"
#include "khimage.h"

#define LINK_MS 6000u		/* as long as the boot script waits for disks */

static int parse(const char *text, struct net_spec *net)
{
	char why[WHY_SIZE];

	return net_spec_parse(text, net, why) < 0 ? fail("%s", why) : 0;
}

int net_up_command(const struct arguments *a)
{
	struct net_spec net;
	int ret = parse(a->operands[0], &net);

	if (!ret)
		ret = net_up(&net, LINK_MS);
	if (ret < 0)
		return FAILED;
	printf("%s\n", ret ? "set up" : "was up");
	return OK;
}

int net_down_command(const struct arguments *a)
{
	struct net_spec net;

	return parse(a->operands[0], &net) < 0 || net_down(&net) < 0 ? FAILED : OK;
}
