// SPDX-License-Identifier: GPL-2.0-only
/* plan-file.c - what khib-plan tells khib-jump: DIR/plan */
#include <stdlib.h>
#include <string.h>

#include "../image/refuse.h"
#include "plan-file.h"

static bool take_window(struct plan *plan, const char *value)
{
	char *end;

	plan->start = strtoull(value, &end, 16);
	if (*end != ' ')
		return false;
	plan->end = strtoull(end + 1, &end, 16);
	return !*end && plan->start < plan->end && !(plan->start % IMAGE_BLOCK) &&
	       !(plan->end % IMAGE_BLOCK);
}

static int take_target(struct plan *plan, char *value, char *why)
{
	struct target_spec *spec = &plan->targets[plan->ntargets];
	char *id = strchr(value, ' ');

	if (plan->ntargets == PLAN_TARGETS || !id)
		return refuse(why, "target %.60s: no id, or more than %d", value, PLAN_TARGETS);
	*id++ = 0;
	if (target_parse(value, spec, why) < 0)
		return -1;
	if (!id_parse(id, spec->id))
		return refuse(why, "target %.60s: its id %.40s has not 32 hex digits", value, id);
	spec->has_id = true;
	plan->ntargets++;
	return 0;
}

static int take(struct plan *plan, const char *key, char *value, char *why)
{
	if (!strcmp(key, "window"))
		return take_window(plan, value) ? 0 :
		       refuse(why, "window %.60s: not the bounds of a range", value);
	if (!strcmp(key, "target"))
		return take_target(plan, value, why);
	if (!strcmp(key, "all-target"))
		return plan->nall == PLAN_TARGETS ?
		       refuse(why, "all-target %.60s: more than %d", value, PLAN_TARGETS) :
		       target_parse(value, &plan->all[plan->nall++], why);
	if (!strcmp(key, "cmdline"))
		plan->cmdline = value;
	else if (!strcmp(key, "boot-once"))
		plan->boot_once = value;
	else if (!strcmp(key, "boot-once-undo"))
		plan->boot_once_undo = value;
	else if (!strcmp(key, "uses"))
		plan->uses = value;
	else
		return refuse(why, "%.40s: unknown key", key);
	return 0;
}

int plan_parse(char *text, struct plan *plan, char *why)
{
	char *line, *value;

	memset(plan, 0, sizeof *plan);
	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		value = strchr(line, ' ');
		if (!value)
			return refuse(why, "'%.40s' has no value", line);
		*value++ = 0;
		if (take(plan, line, value, why) < 0)
			return -1;
	}
	if (!plan->end || !plan->cmdline || !plan->ntargets || !plan->nall || !plan->uses)
		return refuse(why,
			      "of window, cmdline, target, all-target and uses one is missing");
	return 0;
}

const char *plan_value(const char *text, const char *key, char *out, size_t size)
{
	size_t n = strlen(key), len;

	*out = 0;
	for (; *text && *text != '\n'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len <= n || strncmp(text, key, n) || text[n] != ' ')
			continue;
		snprintf(out, size, "%.*s", (int)(len - n - 1), text + n + 1);
		for (char *p = out; *p; p++)
			*p = text_char(*p);
		break;
	}
	return out;
}
