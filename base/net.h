/* SPDX-License-Identifier: GPL-2.0-only */
/* net.h - an interface of this kernel, for as long as an image is read or written */
#ifndef BASE_NET_H
#define BASE_NET_H

#include "../image/net-spec.h"

/*
 * Give the interface with this MAC its address and routes, and wait until it has a link, at most
 * wait_ms.  One that is up already is left as it is, now and if it has no link.  Returns 1 if the
 * interface was set up, 0 if it was up, or -1 and said.
 */
int net_up(const struct net_spec *net, unsigned int wait_ms);

/* Take down what net_up() has set up: whoever comes next finds it as the kernel made it. */
int net_down(const struct net_spec *net);

#endif
