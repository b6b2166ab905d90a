// SPDX-License-Identifier: GPL-2.0-only
/* config.c - parse the configuration: "KEY=VALUE" lines */
#include <stddef.h>
#include <string.h>

#include "../base/log.h"
#include "../image/refuse.h"
#include "plan.h"

#define FIELD(name) offsetof(struct config, name)
static const struct key {
	const char *name;
	size_t field;
	const char *refusal;		/* NULL: any text will do */
	const char *values[12];
} keys[] = {
	{ "CODEC", FIELD(codec), "known are none, auto, lz4, zstd, zstd:1 to zstd:6",
	  { "none", "auto", "lz4", "zstd", "zstd:1", "zstd:2", "zstd:3", "zstd:4", "zstd:5",
	    "zstd:6" } },
	{ "VERIFY", FIELD(verify), "neither yes nor no", { "yes", "no" } },
	{ "END", FIELD(end), "neither poweroff nor reboot", { "poweroff", "reboot" } },
	{ "RESUME", FIELD(resume), "neither chained nor direct", { "chained", "direct" } },
	{ "WINDOW_MIB", FIELD(window_mib), "known are 32 to 128 in steps of 16",
	  { "32", "48", "64", "80", "96", "112", "128" } },
	{ "HELPER_PARAMETERS", FIELD(helper_parameters), NULL, { NULL } },
	{ "BOOT_ONCE", FIELD(boot_once), NULL, { NULL } },
	{ "BOOT_ONCE_UNDO", FIELD(boot_once_undo), NULL, { NULL } },
};

static int set_target(struct config *conf, const char *value, char *why)
{
	if (!*value || value[strspn(value, DEVICE_CHARS)])
		return refuse(why, "TARGET=%s has characters that no target has", sys_show(value));
	if (conf->ntargets == SESSION_TARGETS)
		return refuse(why, "TARGET=%s: at most %d are tried", sys_show(value),
			      SESSION_TARGETS);
	conf->targets[conf->ntargets].text = value;
	return target_parse(value, &conf->targets[conf->ntargets++].spec, why);
}

static int set(struct config *conf, const char *name, const char *value, char *why)
{
	const struct key *k = keys;
	const char *const *v, *p;

	if (!strcmp(name, "TARGET"))
		return set_target(conf, value, why);
	while (k < keys + sizeof keys / sizeof *keys && strcmp(name, k->name))
		k++;
	if (k == keys + sizeof keys / sizeof *keys)
		return refuse(why, "%s: unknown key", sys_show(name));
	for (v = k->values; *v && strcmp(value, *v); v++)
		;
	if (k->refusal && !*v)
		return refuse(why, "%s=%s: %s", name, sys_show(value), k->refusal);
	/* A text goes on as one line, to the kernel or to a shell. */
	for (p = value; !k->refusal && *p; p++)
		if (*p < ' ' && *p != '\t')
			return refuse(why, "%s: byte %#x", name, *p & 0xff);
	*(const char **)((char *)conf + k->field) = value;
	return 0;
}

int config_read(const char *path, struct config *conf)
{
	char *text = sys_read(sys_path("%s", path)), *line, *value;	/* values are parts of it */
	char why[WHY_SIZE];

	*conf = (struct config){
		.codec = "auto", .verify = "no", .end = "poweroff", .resume = "chained",
		.window_mib = "64",
		.helper_parameters = "", .boot_once = "", .boot_once_undo = "",
	};
	if (!text)
		return fail("%s: cannot be read:", path);
	for (int lineno = 1; (line = strsep(&text, "\n")); lineno++) {
		if (!*line || *line == '#')
			continue;
		value = strchr(line, '=');
		if (!value || *line < 'A' || *line > 'Z')
			return fail("%s:%d: '%s' is not KEY=VALUE", path, lineno, sys_show(line));
		*value++ = 0;
		if (set(conf, line, value, why) < 0)
			return fail("%s:%d: %s", path, lineno, why);
	}
	if (!conf->ntargets)
		return fail("%s: no TARGET=", path);
	return 0;
}
