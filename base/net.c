// SPDX-License-Identifier: GPL-2.0-only
/* net.c - set up an interface: netdevice(7) */
#include <dirent.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "console.h"
#include "io.h"
#include "log.h"
#include "machine.h"
#include "net.h"

#define INTERFACES "/sys/class/net"

/* The interface with this MAC, by its name here. */
static bool find(const struct net_spec *net, char name[IFNAMSIZ])
{
	DIR *dir = opendir(INTERFACES);
	bool found = false;
	struct dirent *d;
	char path[300], text[64], mac[20];
	const uint8_t *m = net->mac;

	snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x\n", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	while (dir && !found && (d = readdir(dir))) {
		if (*d->d_name == '.' || strlen(d->d_name) >= IFNAMSIZ)
			continue;
		/* A bridge may have the MAC of an interface below it. */
		snprintf(path, sizeof path, INTERFACES "/%s/device", d->d_name);
		if (access(path, F_OK) < 0)
			continue;
		snprintf(path, sizeof path, INTERFACES "/%s/address", d->d_name);
		found = read_text(path, text, sizeof text) > 0 && !strcmp(text, mac);
		if (found)
			strcpy(name, d->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void set_address(struct sockaddr *to, uint32_t address)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };

	memcpy(to, &in, sizeof in);
}

static int set_flags(int fd, const char *name, bool up)
{
	struct ifreq r = { .ifr_flags = 0 };

	strcpy(r.ifr_name, name);
	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		return -1;
	r.ifr_flags = up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &r);
}

static int configure(int fd, const char *name, const struct net_spec *net)
{
	struct ifreq r = { .ifr_flags = 0 };
	struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };

	strcpy(r.ifr_name, name);
	set_address(&r.ifr_addr, net->address);
	if (ioctl(fd, SIOCSIFADDR, &r) < 0)
		return -1;
	set_address(&r.ifr_netmask, net->prefix == 32 ? ~0u : ~(~0u >> net->prefix));
	if (ioctl(fd, SIOCSIFNETMASK, &r) < 0 || set_flags(fd, name, true) < 0)
		return -1;
	if (!net->gateway)
		return 0;
	set_address(&route.rt_dst, 0);
	set_address(&route.rt_genmask, 0);
	set_address(&route.rt_gateway, net->gateway);
	return ioctl(fd, SIOCADDRT, &route);
}

static bool has_link(const char *name)
{
	char path[64], text[16];

	snprintf(path, sizeof path, INTERFACES "/%s/carrier", name);
	return read_text(path, text, sizeof text) > 0 && *text == '1';
}

static bool is_up(int fd, const char *name)
{
	struct ifreq r = { .ifr_flags = 0 };

	strcpy(r.ifr_name, name);
	return ioctl(fd, SIOCGIFFLAGS, &r) == 0 && r.ifr_flags & IFF_UP;
}

static int set_up(const char *name, const struct net_spec *net)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret;

	if (fd < 0)
		return -1;
	ret = is_up(fd, name) ? 0 : configure(fd, name, net) < 0 ? -1 : 1;
	close(fd);
	return ret;
}

int net_up(const struct net_spec *net, unsigned int wait_ms)
{
	uint64_t end = now_ms() + wait_ms;
	char name[IFNAMSIZ], text[NET_SPEC_TEXT];
	bool found, link = false;
	int ret;

	net_spec_format(net, text);
	while (!(found = find(net, name)) && now_ms() < end && !abandoned())
		usleep(50 * 1000);
	if (!found)
		return fail("network %s: no interface has this MAC", text);
	ret = set_up(name, net);
	if (ret < 0) {
		fail("network %s: set up %s:", text, name);
		net_down(net);
		return -1;
	}
	while (!(link = has_link(name)) && now_ms() < end && !abandoned())
		usleep(50 * 1000);
	if (link)
		return ret;
	if (ret)
		net_down(net);
	return fail("network %s: %s has no link after %u s", text, name, wait_ms / 1000);
}

int net_down(const struct net_spec *net)
{
	int ret = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_flags = 0 };
	char text[NET_SPEC_TEXT];

	net_spec_format(net, text);
	set_address(&r.ifr_addr, 0);	/* without its address it loses its routes */
	if (fd < 0 || !find(net, r.ifr_name))
		ret = fail("network %s: no interface has this MAC", text);
	else if (ioctl(fd, SIOCSIFADDR, &r) < 0 || set_flags(fd, r.ifr_name, false) < 0)
		ret = fail("network %s: take %s down:", text, r.ifr_name);
	close(fd);
	return ret;
}
