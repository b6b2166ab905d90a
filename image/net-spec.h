/* SPDX-License-Identifier: GPL-2.0-only */
/* net-spec.h - how a kernel reaches the network: IPv4, one interface */
#ifndef IMAGE_NET_SPEC_H
#define IMAGE_NET_SPEC_H

#include <stdbool.h>
#include <stdint.h>

/* "52:54:00:12:34:56,10.0.2.15/24,10.0.2.2"; the gateway may be left out.  Host byte order. */
struct net_spec {
	uint8_t mac[6];		/* of the interface, whose name changes between kernels */
	uint32_t address;
	uint8_t prefix;		/* bits of the network, 1 to 32 */
	uint32_t gateway;	/* 0: there is none */
};

int net_spec_parse(const char *text, struct net_spec *net, char *why);

#define NET_SPEC_TEXT 64
void net_spec_format(const struct net_spec *net, char text[NET_SPEC_TEXT]);

/* "10.0.2.2" of the text, which then goes on behind it. */
bool ipv4_parse(const char **text, uint32_t *address);

/* A number of at most `most` in decimal digits, likewise. */
bool number_parse(const char **text, uint32_t most, uint32_t *number);

#define IPV4_TEXT 16
void ipv4_format(uint32_t address, char text[IPV4_TEXT]);

#endif
