// SPDX-License-Identifier: GPL-2.0-only
/* config.c - parse the configuration: "KEY=VALUE" lines */
#include <stddef.h>
#include <string.h>

#include "../base/log.h"
#include "../image/refuse.h"
#include "plan.h"

/* A key with a list of values. */
struct choice {
	const char *key;
	size_t field;
	const char *values[12], *refusal;
};

#define FIELD(name) offsetof(struct config, name)
static const struct choice choices[] = {
	{ "CODEC", FIELD(codec),
	  { "none", "auto", "lz4", "zstd", "zstd:1", "zstd:2", "zstd:3", "zstd:4", "zstd:5",
	    "zstd:6" },
	  "known are none, auto, lz4, zstd, zstd:1 to zstd:6" },
	{ "VERIFY", FIELD(verify), { "yes", "no" }, "neither yes nor no" },
	{ "END", FIELD(end), { "poweroff", "reboot" }, "neither poweroff nor reboot" },
	{ "RESUME", FIELD(resume), { "chained", "direct" }, "neither chained nor direct" },
	{ "WINDOW_MIB", FIELD(window_mib),
	  { "32", "48", "64", "80", "96", "112", "128" },
	  "known are 32 to 128 in steps of 16" },
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

static int set(struct config *conf, const char *key, const char *value, char *why)
{
	if (!strcmp(key, "TARGET"))
		return set_target(conf, value, why);
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		const struct choice *c = &choices[i];

		if (strcmp(key, c->key))
			continue;
		for (const char *const *v = c->values; *v; v++)
			if (!strcmp(value, *v)) {
				*(const char **)((char *)conf + c->field) = value;
				return 0;
			}
		return refuse(why, "%s=%s: %s", key, sys_show(value), c->refusal);
	}
	/* These go on as one line, to the kernel or to a shell. */
	for (const char *p = value; *p; p++)
		if (*p < ' ' && *p != '\t')
			return refuse(why, "%s: byte %#x", sys_show(key), *p & 0xff);
	if (!strcmp(key, "HELPER_PARAMETERS"))
		conf->helper_parameters = value;
	else if (!strcmp(key, "BOOT_ONCE"))
		conf->boot_once = value;
	else if (!strcmp(key, "BOOT_ONCE_UNDO"))
		conf->boot_once_undo = value;
	else
		return refuse(why, "%s: unknown key", sys_show(key));
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
