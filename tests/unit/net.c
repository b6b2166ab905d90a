// SPDX-License-Identifier: GPL-2.0-only
/* net.c - addresses as texts, and the way to a server that A's routes show */
#include "../../hooks/plan.h"
#include "fakes.h"
#include "machine-dir.h"

static void texts(void **state)
{
	static const char *const good[] = {
		"52:54:00:12:34:56,10.0.2.15/24,10.0.2.2", "00:00:00:00:00:0a,255.255.255.255/32",
	};
	static const char *const odd[] = {
		"", "52:54:00:12:34:56", "52:54:00:12:34:56,", "52:54:00:12:34:56,10.0.2.15",
		"52:54:00:12:34:56,10.0.2.15/0", "52:54:00:12:34:56,10.0.2.15/33",
		"52:54:00:12:34:56,10.0.2.256/24", "52:54:00:12:34:56,10.0.2/24",
		"52:54:00:12:34:56,0.0.0.0/24", "52:54:00:12:34:56,10.0.2.15/24,",
		"52:54:00:12:34:56,10.0.2.15/24,10.0.2.2 ", "52:54:00:12:34:5,10.0.2.15/24",
		"52:54:00:12:34:5G,10.0.2.15/24", "52-54-00-12-34-56,10.0.2.15/24",
		"52:54:00:12:34:56,10.0.2.99999999999999999999/24",
	};
	char why[WHY_SIZE], text[NET_SPEC_TEXT];
	struct net_spec net;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_passes(net_spec_parse(good[i], &net, why), why);
		net_spec_format(&net, text);
		assert_string_equal(text, good[i]);
	}
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_refused(net_spec_parse(odd[i], &net, why), why,
			       "network %.60s: not MAC,ADDRESS/PREFIX[,GATEWAY]", odd[i]);
}

static void exports(void **state)
{
	static const char *const odd[] = {
		"", "10.0.2.2", "10.0.2.2:10809", "10.0.2.2:0/x", "10.0.2.2:65536/x",
		"10.0.2.2:/x", "0.0.0.0/x", "host/x", "10.0.2.2/x y", "10.0.2.2x/x",
	};
	struct target_spec spec;
	char why[WHY_SIZE], text[100];

	(void)state;
	assert_passes(target_parse("nbd:10.0.2.2/hib/a", &spec, why), why);
	assert_int_equal(spec.host, 0x0a000202);
	assert_int_equal(spec.port, 10809);
	assert_string_equal(spec.file, "hib/a");
	assert_passes(target_parse("nbd:10.0.2.2:65535/", &spec, why), why);
	assert_int_equal(spec.port, 65535);
	assert_string_equal(spec.file, "");
	for (size_t i = 0; i < COUNT(odd); i++) {
		snprintf(text, sizeof text, "nbd:%s", odd[i]);
		assert_refused(target_parse(text, &spec, why), why,
			       "target %s: not ADDRESS[:PORT]/EXPORT, of letters, digits and "
			       "/_.:=+- and at most 127 bytes", text);
	}
}

#define HEADING "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\t" \
		"MTU\tWindow\tIRTT\n"

/* The only interface that this machine has for sure; its address is 127.0.0.1/8. */
static void ways(void **state)
{
	static struct plan p;
	char text[NET_SPEC_TEXT], why[WHY_SIZE];

	(void)state;
	p = (struct plan){ .conf.ntargets = 1, .drivers = (char *)"e1000\n" };
	p.conf.targets[0].text = "nbd:127.1.2.3/x";
	assert_passes(target_parse(p.conf.targets[0].text, &p.conf.targets[0].spec, why), why);
	put_file("/proc/net/route", HEADING);
	assert_fails(check_nets(&p), "nbd:127.1.2.3/x: no route leads to 127.1.2.3");
	/* The most specific one that is up, and of two alike the one with the smaller metric. */
	put_file("/proc/net/route", HEADING
		 "eth1\t00000000\t01010101\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		 "eth2\t0000007F\t00000000\t0001\t0\t0\t9\t000000FF\t0\t0\t0\n"
		 "lo\t0000007F\t00000000\t0001\t0\t0\t3\t000000FF\t0\t0\t0\n"
		 "eth3\t0002017F\t00000000\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		 "eth4\t0000007F\t00000000\t0001\t0\t0\t5\t000000FF\t0\t0\t0\n");
	assert_fails(check_nets(&p), "nbd:127.1.2.3/x: 127.1.2.3 is reached by lo, which is no "
		     "wired network card: the helper has no bridges, VLANs, tunnels or wireless "
		     "networks");
	put_dir("/sys/devices/pci0/card");
	put_dir("/sys/bus/pci/drivers/e1000e");
	put_link("/sys/devices/pci0/card/driver", "../../../bus/pci/drivers/e1000e");
	put_dir("/sys/class/net/lo");
	put_link("/sys/class/net/lo/device", "../../../devices/pci0/card");
	put_file("/sys/class/net/lo/address", "none\n");
	assert_fails(check_nets(&p), "nbd:127.1.2.3/x: lo has no MAC: 'none'");
	put_file("/sys/class/net/lo/address", "52:54:00:12:34:56\n");
	assert_fails(check_nets(&p), "nbd:127.1.2.3/x: the helper has no driver for the network "
		     "card: e1000e");
	p.drivers = (char *)"e1000e\n";
	assert_int_equal(check_nets(&p), 0);
	net_spec_format(&p.net, text);
	assert_string_equal(text, "52:54:00:12:34:56,127.0.0.1/8");
	put_file("/proc/net/route", HEADING
		 "lo\t00000000\t09090909\t0003\t0\t0\t3\t00000000\t0\t0\t0\n");
	assert_fails(check_nets(&p),
		     "nbd:127.1.2.3/x: lo has no address in the network of 127.1.2.3");
	put_dir("/sys/class/net/lo/phy80211");
	assert_int_equal(check_nets(&p), -1);
}

int net_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(exports),
		cmocka_unit_test_setup_teardown(ways, machine_begin, machine_end),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
