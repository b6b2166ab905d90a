// SPDX-License-Identifier: GPL-2.0-only
/* net-spec.c - parse and print addresses; every byte of a text is hostile */
#include <stdio.h>

#include "net-spec.h"
#include "refuse.h"

bool number_parse(const char **text, uint32_t most, uint32_t *number)
{
	const char *p = *text;
	uint64_t n = 0;

	while (*p >= '0' && *p <= '9' && n <= most)
		n = n * 10 + (*p++ - '0');
	if (p == *text || n > most)
		return false;
	*text = p;
	*number = n;
	return true;
}

bool ipv4_parse(const char **text, uint32_t *address)
{
	const char *p = *text;
	uint32_t all = 0, byte;

	for (int i = 0; i < 4; i++) {
		if ((i && *p++ != '.') || !number_parse(&p, 255, &byte))
			return false;
		all = all << 8 | byte;
	}
	*text = p;
	*address = all;
	return true;
}

void ipv4_format(uint32_t a, char text[IPV4_TEXT])
{
	snprintf(text, IPV4_TEXT, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool mac_parse(const char **text, uint8_t mac[6])
{
	const char *p = *text;

	for (int i = 0; i < 6; i++, p += 2) {
		if (i && *p++ != ':')
			return false;
		if (digit(p[0]) < 0 || digit(p[1]) < 0)
			return false;
		mac[i] = digit(p[0]) << 4 | digit(p[1]);
	}
	*text = p;
	return true;
}

int net_spec_parse(const char *text, struct net_spec *net, char *why)
{
	struct net_spec n = { .gateway = 0 };
	const char *p = text;
	uint32_t prefix;

	if (!mac_parse(&p, n.mac) || *p++ != ',' || !ipv4_parse(&p, &n.address) || *p++ != '/' ||
	    !number_parse(&p, 32, &prefix) || !prefix || !n.address ||
	    (*p == ',' && (p++, !ipv4_parse(&p, &n.gateway))) || *p)
		return refuse(why, "network %.60s: not MAC,ADDRESS/PREFIX[,GATEWAY]", text);
	n.prefix = prefix;
	*net = n;
	return 0;
}

void net_spec_format(const struct net_spec *net, char text[NET_SPEC_TEXT])
{
	const uint8_t *m = net->mac;
	char address[IPV4_TEXT], gateway[IPV4_TEXT];

	ipv4_format(net->address, address);
	ipv4_format(net->gateway, gateway);
	snprintf(text, NET_SPEC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x,%s/%u%s%s", m[0], m[1], m[2],
		 m[3], m[4], m[5], address, net->prefix, net->gateway ? "," : "",
		 net->gateway ? gateway : "");
}
