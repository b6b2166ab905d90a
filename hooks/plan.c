// SPDX-License-Identifier: GPL-2.0-only
/* plan.c - print the plan, and write it for those who carry it out */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../base/log.h"
#include "../image/fsprobe.h"
#include "plan.h"

typedef unsigned long long ull;

int check_guards(struct plan *p)
{
	struct uses uses;

	if (uses_read(&uses) < 0 || guards_find(&uses, &p->guards) < 0)
		return -1;
	p->uses = uses_digest(&uses);
	for (uint32_t i = 0; i < p->guards.n; i++)
		for (int j = 0; j < p->ntargets; j++)
			if (!strcmp(p->guards.list[i].dir, p->targets[j].dir))
				return fail("%s: %s is in use, below another device",
					    p->targets[j].text, p->targets[j].device);
	return guards_identify(&p->guards, p->drivers);
}

int plan_cmdline(const struct plan *p, bool memmap, char text[HELPER_CMDLINE_SIZE])
{
	char why[WHY_SIZE], *own = sys_read(sys_path("/proc/cmdline"));
	struct helper_cmdline want = {
		.window = p->window,
		.paging_levels = p->paging_levels,
		.memmap = memmap,
		/* At a resume disks may be slow to come: what is seen now does not count. */
		.no_ata = !memmap && p->no_ata,
		.own = own,
		.extra = p->conf.helper_parameters,
	};

	if (!own)
		return fail("open /proc/cmdline:");
	return helper_cmdline(&want, text, why) < 0 ? fail("%s", why) : 0;
}

void plan_print(const struct plan *p)
{
	char id[33];

	printf("plan: save to");
	for (int i = 0; i < p->ntargets; i++) {
		id_format(p->targets[i].id, id);
		printf(" %s=%s", p->targets[i].text, p->targets[i].fresh ? "new" : id);
	}
	printf(", codec %s, then %s\n", p->conf.codec, p->conf.end);
	printf("plan: helper in %#llx-%#llx (%llu MiB)%s%s\n", (ull)p->window.start,
	       (ull)p->window.end - 1, (ull)p->window_size >> 20,
	       *p->window_reason ? ", because " : "", p->window_reason);
	printf("plan: free pages are %s\n", p->free_plan);
	printf("plan: resume by the %s path\n", p->direct ? "direct" : "chained");
	printf("plan: resume only if nobody has written");
	for (uint32_t i = 0; i < p->guards.n; i++)
		printf(" %s", p->guards.list[i].guard.name);
	printf("\n");
	for (uint32_t i = 0; i < p->guards.n; i++)
		if (p->guards.list[i].removable)
			printf("plan: note: resume also if %s has been pulled out\n",
			       p->guards.list[i].guard.name);
	for (size_t i = 0; i < p->guards.nnotes; i++)
		printf("plan: note: %s\n", p->guards.notes[i]);
}

struct text {
	char data[SESSION_SIZE];
	size_t len;		/* what it would have */
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *fmt, ...)
{
	size_t room = t->len < sizeof t->data ? sizeof t->data - t->len : 0;
	va_list ap;

	va_start(ap, fmt);
	t->len += vsnprintf(room ? t->data + t->len : NULL, room, fmt, ap);
	va_end(ap);
}

static int put(const char *dir, const char *name, const struct text *t)
{
	char *path = sys_format("%s/%s", dir, name);
	int fd, ret;

	if (t->len >= sizeof t->data)
		return fail("%s: %zu bytes, at most %zu", path, t->len, sizeof t->data - 1);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail("open %s:", path);
	ret = write_full(fd, path, t->data, t->len, 0);
	close(fd);
	return ret;
}

static int write_session(const struct plan *p, const char *dir)
{
	static struct text t;
	char id[33];

	id_format(p->id, id);
	add(&t, SESSION_ID " %s\n", id);
	for (int i = 0; i < p->ntargets; i++) {
		id_format(p->targets[i].id, id);
		add(&t, SESSION_TARGET " %s %s\n", p->targets[i].text, id);
	}
	add(&t, SESSION_WINDOW " %#llx %#llx\n", (ull)p->window.start, (ull)p->window.end);
	add(&t, SESSION_CODEC " %s\n" SESSION_VERIFY " %s\n", p->conf.codec, p->conf.verify);
	add(&t, SESSION_ATA " %s\n" SESSION_END " %s\n", p->no_ata ? "no" : "yes", p->conf.end);
	add(&t, SESSION_RAM_PAGES " %llu\n", (ull)p->ram_pages);
	add(&t, SESSION_RELEASE " %s\n" SESSION_FREE_PAGES " %s\n", p->release, p->free_pages);
	for (uint32_t i = 0; i < p->guards.n; i++) {
		const struct guarded *d = &p->guards.list[i];

		id_format(d->guard.uuid, id);
		add(&t, SESSION_GUARD " %s %s %s %llu%s\n", d->guard.name,
		    guard_type_name(d->guard.type), id, (ull)d->guard.size,
		    d->removable ? " " SESSION_REMOVABLE : "");
	}
	return put(dir, "session", &t);
}

int plan_write(const struct plan *p, const char *dir)
{
	static struct text t;
	char id[33];

	add(&t, "window %#llx %#llx\n", (ull)p->window.start, (ull)p->window.end);
	add(&t, "cmdline %s\n", p->cmdline);
	for (int i = 0; i < p->ntargets; i++) {
		id_format(p->targets[i].id, id);
		add(&t, "target %s %s\n", p->targets[i].text, id);
	}
	for (int i = 0; i < p->conf.ntargets; i++)
		add(&t, "all-target %s\n", p->conf.targets[i]);
	if (p->direct && *p->conf.boot_once)
		add(&t, "boot-once %s\n", p->conf.boot_once);
	if (p->direct && *p->conf.boot_once && *p->conf.boot_once_undo)
		add(&t, "boot-once-undo %s\n", p->conf.boot_once_undo);
	add(&t, "uses %016llx\n", (ull)p->uses);
	return put(dir, "plan", &t) < 0 ? -1 : write_session(p, dir);
}
