// SPDX-License-Identifier: GPL-2.0-only
/* uses.c - go through the mounts of all processes */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../base/log.h"
#include "../image/page.h"
#include "guards.h"

/* A mount namespace, by its link: "mnt:[4026531841]". */
struct namespace {
	const char *name;
	bool read;
	const char *pinned;	/* a mount keeps it, whether or not a process is in it: where */
	bool reachable;		/* and it is mounted in our own namespace */
};

struct scan {
	struct uses *uses;
	struct namespace *list;
	size_t n;
	bool own;		/* is it our own namespace that is read? */
};

static struct namespace *namespace_of(struct scan *scan, const char *name)
{
	for (size_t i = 0; i < scan->n; i++)
		if (!strcmp(scan->list[i].name, name))
			return &scan->list[i];
	scan->list = sys_grow(scan->list, scan->n, sizeof *scan->list);
	scan->list[scan->n] = (struct namespace){ .name = sys_format("%s", name) };
	return &scan->list[scan->n++];
}

/* Blanks, newlines and the like stand as three octal digits. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++, to++) {
		*to = *p;
		if (*p != '\\' || p[1] > '3' || strspn(p + 1, "01234567") < 3)
			continue;
		*to = (p[1] & 3) << 6 | (p[2] & 7) << 3 | (p[3] & 7);
		p += 3;
	}
	*to = 0;
}

bool mountinfo_parse(char *line, struct mount *m)
{
	/* id, parent, number, root, mount point, options; behind the dash type, source, options */
	char *behind = strstr(line, " - "), *field[9];

	if (!behind)
		return false;
	*behind = 0;
	behind += 3;
	for (int i = 0; i < 9; i++) {
		field[i] = strsep(i < 6 ? &line : &behind, " ");
		if (!field[i])
			return false;
		unescape(field[i]);
	}
	*m = (struct mount){
		.root = field[3], .point = field[4], .source = field[7], .options = field[8]
	};
	/* "fuse.gvfsd-fuse": the rest is the server's choice. */
	snprintf(m->type, sizeof m->type, "%.*s", (int)strcspn(field[6], "."), field[6]);
	return sys_number(field[2], &m->number);
}

/* "nodev" of /proc/filesystems does not say that there is no disk: ZFS is of that kind. */
static const struct {
	enum use_kind kind;
	const char *types[36];
} no_disk[] = {
	{ USE_MEMORY, {
		"autofs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cpuset",
		"debugfs", "devpts", "devtmpfs", "efivarfs", "fuse", "fusectl", "functionfs",
		"hugetlbfs", "mqueue", "nfsd", "nsfs", "proc", "pstore", "ramfs", "resctrl",
		"rootfs", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tmpfs",
		"tracefs", "xenfs" } },
	{ USE_NETWORK, {
		"9p", "afs", "ceph", "cifs", "nfs", "nfs4", "orangefs", "smb3", "vboxsf",
		"virtiofs", "vmhgfs" } },
	{ USE_LAYERS, { "aufs", "ecryptfs", "overlay" } },
};

static enum use_kind kind_of(const struct mount *m)
{
	char *known;

	if (major(m->number))
		return USE_DISK;
	for (size_t i = 0; i < sizeof no_disk / sizeof *no_disk; i++)
		for (const char *const *type = no_disk[i].types; *type; type++)
			if (!strcmp(m->type, *type))
				return no_disk[i].kind;
	known = sys_read(sys_path("/proc/filesystems"));	/* "nodev\tTYPE", or "\tTYPE" */
	return known && sys_has_line(known, sys_format("\t%s", m->type)) ? USE_SOURCE : USE_UNKNOWN;
}

/* The use with this number, made if there is none. */
static struct use *use_of(struct uses *uses, const struct mount *m)
{
	for (size_t i = 0; i < uses->n; i++)
		if (uses->list[i].mount.number == m->number)
			return &uses->list[i];
	uses->list = sys_grow(uses->list, uses->n, sizeof *uses->list);
	uses->list[uses->n] = (struct use){ .mount = *m, .kind = kind_of(m) };
	return &uses->list[uses->n++];
}

/* The mounts of one namespace.  The text stays: uses refer to it. */
static int add_mounts(struct scan *scan, const char *path, char *text)
{
	dev_t root = 0;
	struct mount m;
	struct use *use;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		if (!mountinfo_parse(line, &m))
			return fail("guards: %s: '%s' is no mount", path, sys_show(line));
		if (!strcmp(m.type, "nsfs") && !strncmp(m.root, "mnt:", 4)) {
			struct namespace *ns = namespace_of(scan, m.root);

			if (!ns->reachable)
				ns->pinned = m.point;
			ns->reachable |= scan->own;
		}
		if (!strcmp(m.point, "/"))
			root = m.number;	/* the last one lies on top */
		use = use_of(scan->uses, &m);
		use->vital |= !strcmp(m.point, "/") || !strcmp(m.point, "/usr");
		use->here |= scan->own;
	}
	if (scan->own && !root)
		return fail("guards: %s: nothing is mounted on /", path);
	for (size_t i = 0; scan->own && i < scan->uses->n; i++)
		scan->uses->list[i].root = scan->uses->list[i].mount.number == root;
	return 0;
}

/* A thread's directory; it may end meanwhile.  The first one of a namespace shows its mounts. */
static int look_at_thread(const char *dir, void *arg)
{
	struct scan *scan = arg;
	char name[32] = "", *text;
	size_t which;

	if (readlink(sys_path("%s/ns/mnt", dir), name, sizeof name - 1) < 0)
		goto failed;
	which = namespace_of(scan, name) - scan->list;
	if (scan->list[which].read)
		return 0;
	text = sys_read(sys_path("%s/mountinfo", dir));
	if (!text)
		goto failed;
	scan->list[which].read = true;
	return add_mounts(scan, dir, text);
failed:
	if (!scan->own && (errno == ENOENT || errno == ESRCH || errno == EINVAL))
		return 0;
	return fail("guards: mounts of %s:", dir);
}

static int look_at_process(const char *dir, void *scan)
{
	char tasks[SYS_PATH];

	if (!isdigit((unsigned char)*sys_base(dir)))
		return 0;
	snprintf(tasks, sizeof tasks, "%.60s/task", dir);
	return sys_each(tasks, look_at_thread, scan);
}

/* The mountinfo of a namespace without a process; snapd keeps such ones.  NULL: said. */
static char *read_inside(const struct namespace *ns)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC),
	    cwd = open(".", O_PATH | O_CLOEXEC);
	int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	int there = ns->reachable ? open(ns->pinned, O_RDONLY | O_CLOEXEC) : -1;
	char *text = NULL;

	if (proc < 0 || cwd < 0 || home < 0 || there < 0 || setns(there, CLONE_NEWNS) < 0) {
		fail("guards: what %s at %s has mounted cannot be seen", ns->name,
		     sys_show(ns->pinned));
	} else {
		text = fchdir(proc) < 0 ? NULL : sys_read("self/mountinfo");
		if (!text)
			fail("guards: mounts of %s:", ns->name);
		if (setns(home, CLONE_NEWNS) < 0 || fchdir(cwd) < 0) {
			text = NULL;
			fail("guards: back from %s:", ns->name);
		}
	}
	for (int i = 0; i < 4; i++)
		close((int[]){ proc, cwd, home, there }[i]);
	return text;
}

/* Each may show others, and scan->list may move. */
static int look_at_pinned(struct scan *scan)
{
	for (size_t i = 0; i < scan->n; i++) {
		struct namespace ns = scan->list[i];
		char *text;

		if (ns.read || !ns.pinned)
			continue;
		scan->list[i].read = true;
		text = read_inside(&ns);
		if (!text || add_mounts(scan, ns.name, text) < 0)
			return -1;
	}
	return 0;
}

/* "FILE partition ..." or "FILE file ...", behind one line of heading. */
static int add_swaps(struct uses *uses)
{
	char *rest = sys_read(sys_path("/proc/swaps")), *line;

	if (!rest && errno != ENOENT)	/* a kernel without swap has no such file */
		return fail("guards: /proc/swaps:");
	while (rest && (line = strsep(&rest, "\n"))) {
		struct mount m = { .type = "swap", .point = "", .options = "" };
		char *file = strsep(&line, " \t");
		struct stat st;

		if (*file != '/' || !line)
			continue;
		unescape(file);
		m.source = file;
		if (!strncmp(line + strspn(line, " \t"), "partition", 9)) {
			if (!sys_block(file, &m.number))
				return fail("guards: swap on %s: no such block device",
					    sys_show(file));
		} else {
			/* What it lies on is mounted; a number of btrfs's own is of a subvolume. */
			if (stat(file, &st) < 0 || !major(st.st_dev))
				continue;
			m.number = st.st_dev;
		}
		use_of(uses, &m)->vital = true;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	dev_t x = ((const struct use *)a)->mount.number, y = ((const struct use *)b)->mount.number;

	return x < y ? -1 : x > y;
}

int uses_read(struct uses *uses)
{
	struct scan scan = { .uses = uses, .own = true };

	*uses = (struct uses){ 0 };
	if (look_at_thread("/proc/self", &scan) < 0)
		return -1;
	scan.own = false;
	if (sys_each("/proc", look_at_process, &scan) < 0 || look_at_pinned(&scan) < 0 ||
	    add_swaps(uses) < 0)
		return -1;
	qsort(uses->list, uses->n, sizeof *uses->list, by_number);
	return 0;
}

uint64_t uses_digest(const struct uses *uses)
{
	struct { uint64_t before, source, number; char type[32]; } link = { 0 };

	for (size_t i = 0; i < uses->n; i++) {
		const struct use *u = &uses->list[i];

		if (u->kind == USE_MEMORY || u->kind == USE_NETWORK)
			continue;
		/* A device may have more than one name; a number without one is used again. */
		link.source = 0;
		if (!major(u->mount.number))
			link.source = sum64(u->mount.source, strlen(u->mount.source));
		link.number = u->mount.number;
		memcpy(link.type, u->mount.type, sizeof link.type);
		link.before = sum64(&link, sizeof link);
	}
	return link.before;
}
