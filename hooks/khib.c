// SPDX-License-Identifier: GPL-2.0-only
/*
 * khib.c - decide all that a hibernation will do, or say why there is none; and do it
 *
 * The environment has KHIB_LIB, where the helper's files are, and KHIB_CONF, the
 * configuration.  Only hibernate changes anything.  Exit status: carry-out.h; one
 * line on standard error says why.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "carry-out.h"

static int make_plan(struct plan *p)
{
	int ata;

	if (check_kernel(p) < 0 || check_files(p) < 0 || check_watchdogs() < 0 ||
	    choose_window(p) < 0 || check_low_memory(p) < 0 || check_memory(p) < 0 ||
	    check_targets(p) < 0 || check_next_boot(p) < 0 || check_guards(p) < 0)
		return -1;
	free_pages_expected(p);
	ata = device_any_ata();
	p->no_ata = !ata;
	if (ata < 0 || id_draw(p->id) < 0 || plan_cmdline(p, false, p->cmdline) < 0)
		return -1;
	plan_print(p);
	return 0;
}

static int hibernate(struct plan *p)
{
	stops_end();
	if (make_plan(p) < 0)
		return -1;
	fflush(stdout);		/* whoever reads the plan may go away */
	return carry_out(p);
}

/* Names may differ in the helper, which has no udev: a boot entry goes by the id. */
static int boot_entry(struct plan *p)
{
	const char *name = p->conf.targets[0].text;
	char text[HELPER_CMDLINE_SIZE], why[WHY_SIZE], place[TARGET_PLACE];
	struct target device = { .kind = NULL };
	struct image_head head;

	if (check_kernel(p) < 0 || check_files(p) < 0 || choose_window(p) < 0 || check_nets(p) < 0)
		return -1;
	if (*p->window_reason)
		info("note: at the moment %s", p->window_reason);
	p->window = (struct ram_range){ HELPER_START, HELPER_START + p->window_size };
	if (target_find(&p->conf.targets[0].spec, false, 0, &device) < 0 ||
	    target_read_head(&device, &head) < 0)
		return -1;
	if (!device.kind->renewed && !head_has_magic(&head))
		return fail("%s: has no id yet: run khimage format %s", name, name);
	if (!device.kind->renewed && head_check(&head, why) < 0)
		return fail("%s: %s", name, why);
	if (plan_cmdline(p, true, text) < 0)
		return -1;
	target_place_by_id(&device, device.kind->renewed ? device.uuid : head.target_id, place);
	printf("%s khib.resume=%s", text, place);
	if (device.kind->network) {
		net_spec_format(&p->net, place);
		printf(" khib.net=%s", place);
	}
	printf("\n");
	target_close(&device);
	return 0;
}

static int boot_config(struct plan *p)
{
	char net[NET_SPEC_TEXT];

	for (int i = 0; i < p->conf.ntargets; i++) {
		const char *place = configured_place(p->conf.targets[i].text,
						     &p->conf.targets[i].spec);

		if (!place)
			return -1;
		printf("target %s\n", place);
	}
	if (check_nets(p) < 0)
		return -1;
	net_spec_format(&p->net, net);
	if (p->net.address)
		printf("net %s\n", net);
	printf("parameters %s\n", p->conf.helper_parameters);
	return 0;
}

static int print_identity(struct plan *p)
{
	uint64_t build;

	if (identity(p, &build) < 0)
		return -1;
	printf("format %u\nbuild %016llx\n", IMAGE_VERSION, (ull)build);
	return 0;
}

static const struct command {
	const char *name;
	int (*run)(struct plan *p);	/* returns the exit status, or -1 and said */
	bool no_conf;
	bool reboot;			/* it may be told to reboot */
	bool silent;			/* nobody needs what it prints */
} commands[] = {
	/* Make all checks, say what would be done. */
	{ "plan", .run = make_plan, .reboot = true },
	{ "hibernate", .run = hibernate, .reboot = true, .silent = true },
	/* What each target is and holds. */
	{ "targets", .run = show_targets },
	/* Kernel parameters for a direct boot of the helper. */
	{ "boot-entry", .run = boot_entry },
	/* What A's initramfs has to know, lines "target T", all, and "parameters TEXT". */
	{ "boot-config", .run = boot_config },
	/* What is installed, lines "format N" and "build HEX16". */
	{ "identity", .run = print_identity, .no_conf = true },
	{ NULL },
};

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

int main(int argc, char **argv)
{
	static struct plan p;
	const struct command *c = commands;
	bool reboot = argc == 3 && !strcmp(argv[2], "--reboot");
	int ret;

	log_to_stderr("kexec-hibernate");
	while (c->name && (argc < 2 || strcmp(c->name, argv[1])))
		c++;
	if (!c->name || argc > 2 + reboot || (reboot && !c->reboot)) {
		fail("usage: khib plan [--reboot] | hibernate [--reboot] | targets | boot-entry | "
		     "boot-config | identity");
		return USAGE;
	}
	p.lib = environment("KHIB_LIB", "/usr/lib/kexec-hibernate");
	if (!c->no_conf &&
	    config_read(environment("KHIB_CONF", "/etc/kexec-hibernate.conf"), &p.conf) < 0)
		return REFUSED;
	p.window_size = c->no_conf ? 0 : strtoull(p.conf.window_mib, NULL, 10) << 20;
	if (reboot)
		p.conf.end = "reboot";
	ret = c->run(&p);
	if (ret == 0 && !c->silent && (fflush(stdout) || ferror(stdout)))
		ret = fail("write standard output:");
	return ret < 0 ? REFUSED : ret;
}
