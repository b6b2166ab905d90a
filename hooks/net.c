// SPDX-License-Identifier: GPL-2.0-only
/* net.c - the network card, address and route by which this system reaches its targets' servers */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "plan.h"

struct route {
	char interface[32];
	uint32_t gateway;
	unsigned int bits;
};

/*
 * The most specific route to an address in the main table: "Iface Destination Gateway Flags RefCnt
 * Use Metric Mask ...", in hexadecimal as they stand in memory (net/ipv4/fib_trie.c).
 */
static bool find_route(uint32_t to, struct route *best)
{
	char *rest = sys_read(sys_path("/proc/net/route")), *line, name[32];
	unsigned int destination, gateway, flags, metric, mask, least = 0;
	bool found = false;

	while (rest && (line = strsep(&rest, "\n"))) {
		unsigned int bits;

		if (sscanf(line, "%31s %x %x %x %*s %*s %u %x", name, &destination, &gateway,
			   &flags, &metric, &mask) != 6 || !(flags & 1) ||
		    (htonl(to) & mask) != destination)
			continue;
		bits = __builtin_popcount(mask);
		if (found && (bits < best->bits || (bits == best->bits && metric >= least)))
			continue;
		found = true;
		least = metric;
		*best = (struct route){ .gateway = ntohl(gateway), .bits = bits };
		strcpy(best->interface, name);
	}
	return found;
}

/* The interface's address, the one whose network has the next hop if there are several. */
static bool find_address(const struct route *route, uint32_t to, struct net_spec *net)
{
	uint32_t hop = route->gateway ? route->gateway : to;
	struct ifaddrs *list, *a;
	bool found = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (a = list; a && !found; a = a->ifa_next) {
		uint32_t address, mask;

		if (strcmp(a->ifa_name, route->interface) || !a->ifa_addr || !a->ifa_netmask ||
		    a->ifa_addr->sa_family != AF_INET)
			continue;
		address = ntohl(((struct sockaddr_in *)a->ifa_addr)->sin_addr.s_addr);
		mask = ntohl(((struct sockaddr_in *)a->ifa_netmask)->sin_addr.s_addr);
		if ((address & mask) != (hop & mask))
			continue;
		net->address = address;
		net->prefix = __builtin_popcount(mask);
		found = true;
	}
	freeifaddrs(list);
	return found;
}

static int find_net(const char *text, uint32_t to, struct net_spec *net, const char **dir)
{
	struct route route;
	const char *mac;
	unsigned int m[6];
	char server[IPV4_TEXT];

	ipv4_format(to, server);
	if (!find_route(to, &route))
		return fail("%s: no route leads to %s", text, server);
	*dir = net_device_dir(route.interface);
	if (!*dir || access(sys_path("/sys/class/net/%s/phy80211", route.interface), F_OK) == 0)
		return fail("%s: %s is reached by %s, which is no wired network card: the helper "
			    "has no bridges, VLANs, tunnels or wireless networks", text, server,
			    route.interface);
	mac = sys_line(sys_path("/sys/class/net/%s/address", route.interface));
	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
		return fail("%s: %s has no MAC: '%s'", text, route.interface, sys_show(mac));
	for (int i = 0; i < 6; i++)
		net->mac[i] = m[i];
	net->gateway = route.gateway;
	return find_address(&route, to, net) ? 0 :
	       fail("%s: %s has no address in the network of %s", text, route.interface, server);
}

int check_net(struct plan *p, const char *name, const struct target_spec *spec)
{
	char text[NET_SPEC_TEXT], first[NET_SPEC_TEXT];
	struct net_spec net = { .gateway = 0 };
	const char *missing, *dir = NULL;

	if (!spec->kind->network)
		return 0;
	if (find_net(name, spec->host, &net, &dir) < 0)
		return -1;
	missing = p->drivers ? device_missing_driver(dir, p->drivers) : NULL;
	if (missing)
		return fail("%s: the helper has no driver for the network card: %s", name, missing);
	/* Servers in its own network need no gateway. */
	if (p->net.address && (memcmp(p->net.mac, net.mac, sizeof net.mac) ||
			       p->net.address != net.address ||
			       (p->net.gateway && net.gateway && p->net.gateway != net.gateway))) {
		net_spec_format(&p->net, first);
		net_spec_format(&net, text);
		return fail("%s: is reached by %s, others by %s: the helper sets up one network "
			    "card", name, text, first);
	}
	if (!net.gateway)
		net.gateway = p->net.gateway;
	p->net = net;
	return 0;
}

int check_nets(struct plan *p)
{
	for (int i = 0; i < p->conf.ntargets; i++)
		if (check_net(p, p->conf.targets[i].text, &p->conf.targets[i].spec) < 0)
			return -1;
	return 0;
}
