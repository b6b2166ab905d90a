// SPDX-License-Identifier: GPL-2.0-only
/*
 * khib-plan.c - decide all that a hibernation will do, or say why there is none
 *
 * usage: khib-plan [--conf FILE] [--lib DIR] COMMAND
 *	hibernate [--reboot] [--run DIR]	make all checks and print the plan; with --run write
 *						DIR/session and DIR/plan
 *	boot-entry	kernel parameters for a direct boot of the helper
 *	boot-config	what A's initramfs has to know, lines "target T" and "parameters TEXT"
 *	identity	what is installed, lines "format N" and "build HEX16"
 *	targets		every target that is configured, one a line
 *
 * Nothing is changed but the files in DIR.  Exit status: 0, 1 refused, with one
 * line on standard error that says why, or 2, not used like that.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../image/head.h"
#include "plan.h"

struct options {
	const char *conf, *run;
	bool reboot;
};

static int hibernate(struct plan *p, const struct options *o)
{
	int ata;

	if (o->reboot)
		p->conf.end = "reboot";
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
	return o->run ? plan_write(p, o->run) : 0;
}

/* Names may differ in the helper, which has no udev: a boot entry goes by the id. */
static int boot_entry(struct plan *p)
{
	const char *name = p->conf.targets[0];
	char text[HELPER_CMDLINE_SIZE], why[WHY_SIZE], id[33];
	struct target device = { .fd = -1 };
	struct target_spec spec;
	struct image_head head;

	if (check_kernel(p) < 0 || check_files(p) < 0 || choose_window(p) < 0)
		return -1;
	if (*p->window_reason)
		info("note: at the moment %s", p->window_reason);
	p->window = (struct ram_range){ HELPER_START, HELPER_START + p->window_size };
	if (target_parse(name, &spec, why) < 0)
		return fail("%s", why);
	if (target_find(&spec, false, 0, &device) < 0 || target_read_head(&device, &head) < 0)
		return -1;
	if (!head_has_magic(&head))
		return fail("%s: has no id yet: run khimage format %s", name, name);
	if (head_check(&head, why) < 0)
		return fail("%s: %s", name, why);
	if (plan_cmdline(p, true, text) < 0)
		return -1;
	id_format(head.target_id, id);
	printf("%s khib.resume=part:ID=%s\n", text, id);
	return 0;
}

static int boot_config(const struct plan *p)
{
	struct target_spec spec;
	char why[WHY_SIZE];

	for (int i = 0; i < p->conf.ntargets; i++) {
		if (target_parse(p->conf.targets[i], &spec, why) < 0)
			return fail("%s", why);
		printf("target %s\n", p->conf.targets[i]);
	}
	printf("parameters %s\n", p->conf.helper_parameters);
	return 0;
}

static int print_identity(const struct plan *p)
{
	uint64_t build;

	if (identity(p, &build) < 0)
		return -1;
	printf("format %u\nbuild %016llx\n", IMAGE_VERSION, (unsigned long long)build);
	return 0;
}

static int usage(void)
{
	fail("usage: khib-plan [--conf FILE] [--lib DIR] "
	     "hibernate [--reboot] [--run DIR] | boot-entry | boot-config | identity | targets");
	return 2;
}

/* The value of an option with this name at argv, or NULL. */
static const char *value_of(char ***argv, const char *name)
{
	if (!(*argv)[0] || strcmp((*argv)[0], name) || !(*argv)[1])
		return NULL;
	*argv += 2;
	return (*argv)[-1];
}

/* Of the command in front of argv.  false: not used like that. */
static bool parse(char **argv, const char **command, struct options *o, struct plan *p)
{
	const char *value;

	for (;;) {
		if ((value = value_of(&argv, "--conf")))
			o->conf = value;
		else if ((value = value_of(&argv, "--lib")))
			p->lib = value;
		else
			break;
	}
	if (!*argv)
		return false;
	*command = *argv++;
	while (!strcmp(*command, "hibernate") && *argv) {
		if ((value = value_of(&argv, "--run"))) {
			o->run = value;
		} else if (!strcmp(*argv, "--reboot")) {
			o->reboot = true;
			argv++;
		} else {
			return false;
		}
	}
	return !*argv;
}

int main(int argc, char **argv)
{
	static struct plan p = { .lib = "/usr/lib/kexec-hibernate" };
	struct options o = { .conf = "/etc/kexec-hibernate.conf" };
	const char *command;
	int ret;

	(void)argc;
	log_to_stderr("kexec-hibernate");
	if (!parse(argv + 1, &command, &o, &p))
		return usage();
	if (!strcmp(command, "identity"))
		return print_identity(&p) < 0;
	if (config_read(o.conf, &p.conf) < 0)
		return 1;
	p.window_size = strtoull(p.conf.window_mib, NULL, 10) << 20;
	if (!strcmp(command, "hibernate"))
		ret = hibernate(&p, &o);
	else if (!strcmp(command, "boot-entry"))
		ret = boot_entry(&p);
	else if (!strcmp(command, "boot-config"))
		ret = boot_config(&p);
	else if (!strcmp(command, "targets"))
		for (ret = 0; ret < p.conf.ntargets; ret++)
			puts(p.conf.targets[ret]);
	else
		return usage();
	return ret < 0 || fflush(stdout) != 0;
}
