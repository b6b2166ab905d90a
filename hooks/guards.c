// SPDX-License-Identifier: GPL-2.0-only
/* guards.c - from mounts and swap areas down to disks and partitions */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../base/guard.h"
#include "../base/log.h"
#include "guards.h"

#define MOST_LAYERS 16	/* one over the other */

/* Where a way down has come to. */
struct way {
	struct guards *guards;
	const char *layer;	/* the last one that was passed, or "" */
	bool vital;
	int depth;
	int found;		/* devices below the last one */
};

static void note(struct guards *g, const char *text)
{
	for (size_t i = 0; i < g->nnotes; i++)
		if (!strcmp(g->notes[i], text))
			return;
	g->notes = sys_grow(g->notes, g->nnotes, sizeof *g->notes);
	g->notes[g->nnotes++] = text;
}

static int add(const struct way *way, const char *dir)
{
	struct guards *g = way->guards;
	struct guarded *d = g->list;
	const char *base = sys_base(dir);

	g->found++;
	if (*way->layer)
		note(g, sys_format("/dev/%s is below %s: not every change to that will be seen",
				   base, way->layer));
	while (d < g->list + g->n && strcmp(d->dir, dir))
		d++;
	if (d == g->list + g->n) {
		if (g->n == IMAGE_MAX_GUARDS)
			return fail("guards: more than %u devices are in use, no more can be "
				    "guarded", IMAGE_MAX_GUARDS);
		if (strlen(base) > sizeof d->guard.name - 6)
			return fail("guards: the name %.60s is too long", base);
		*d = (struct guarded){ .dir = dir };
		sprintf(d->guard.name, "/dev/%s", base);
		for (char *p = d->guard.name; *p; p++)
			if (*p == '!')	/* cciss!c0d0 is /dev/cciss/c0d0 */
				*p = '/';
		g->n++;
	}
	d->vital |= way->vital;
	return 0;
}

static bool is(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static int resolve(struct way way, dev_t number);

/* The devices whose numbers are in files of /sys. */
static int resolve_all(struct way *way, const char *pattern)
{
	char **path = sys_glob(pattern);
	dev_t number;

	for (; path && *path; path++) {
		if (!sys_number(sys_line(*path), &number))
			continue;
		way->found++;
		if (resolve(*way, number) < 0)
			return -1;
	}
	return path ? 0 : -1;
}

/* The device that a file of /sys names, if it is one. */
static int resolve_named(const struct way *way, const char *path)
{
	dev_t number;

	return sys_block(sys_line(path), &number) ? resolve(*way, number) : 0;
}

static int resolve(struct way way, dev_t number)
{
	const char *dir = device_dir(number), *disk, *name;

	if (!dir)
		return fail("guards: device %u:%u is not in /sys/dev/block", major(number),
			    minor(number));
	if (way.depth++ == MOST_LAYERS)
		return fail("guards: %s has more than %d layers above it", dir, MOST_LAYERS);
	disk = device_disk(dir);
	name = sys_base(disk);
	if (is(name, "ram") || is(name, "sr"))	/* memory, and what nobody can write */
		return 0;
	if (is(name, "loop"))			/* a file lies in a file system that has a guard */
		return resolve_named(&way, sys_path("%s/loop/backing_file", disk));
	if (is(name, "nbd") || is(name, "rbd")) {
		note(way.guards, sys_format("%s is not guarded: the helper cannot see it", name));
		return 0;
	}
	if (!is(name, "zram")) {
		struct way below = way;

		below.layer = name;
		below.found = 0;
		if (is(name, "md"))
			way.guards->md = name;
		/* Of dm, md, bcache. */
		if (resolve_all(&below, sys_path("%s/slaves/*/dev", disk)) < 0)
			return -1;
		return below.found ? 0 : add(&way, dir);
	}
	way.layer = name;			/* memory, unless it is written back */
	return resolve_named(&way, sys_path("%s/backing_dev", disk));
}

static int find_source(struct way *way, const struct mount *m)
{
	const char *dir;
	dev_t number;
	char **link;

	if (!sys_block(m->source, &number))
		return fail("guards: on which device %s (%s) is mounted is not known",
			    sys_show(m->source), m->type);
	if (resolve(*way, number) < 0)
		return -1;
	dir = device_dir(number);
	if (!dir)
		return fail("guards: %s, on which a %s is mounted, has gone", sys_show(m->source),
			    m->type);
	/* The members of a btrfs are links in /sys/fs/btrfs/UUID/devices. */
	link = sys_glob(sys_path("/sys/fs/btrfs/*/devices/%s", sys_base(dir)));
	for (; link && *link; link++) {
		*strrchr(*link, '/') = 0;
		if (resolve_all(way, sys_format("%s/*/dev", *link)) < 0)
			return -1;
	}
	return link ? 0 : -1;
}

/* A layer of an overlay: it lies in a file system that is mounted, or else has no guard. */
static int check_layer(struct guards *g, const struct uses *uses, const struct mount *over,
		       const char *path)
{
	struct stat st;

	if (*path != '/' || stat(path, &st) < 0) {
		note(g, sys_format("%s (%s) lies on %s, which cannot be looked at: not every "
				   "change to that will be seen", sys_show(over->point),
				   over->type, sys_show(path)));
		return 0;
	}
	for (size_t i = 0; i < uses->n; i++)
		if (uses->list[i].mount.number == st.st_dev)
			return 0;
	if (!major(st.st_dev))	/* no disk, or a subvolume of btrfs */
		return 0;
	return fail("guards: %s (%s) lies on %s, and that file system is mounted nowhere",
		    sys_show(over->point), over->type, sys_show(path));
}

/* "rw,lowerdir=A:B,upperdir=C,workdir=D", and "lowerdir+=" and "datadir+=" of newer kernels. */
static int check_layers(struct guards *g, const struct uses *uses, const struct mount *over)
{
	char *rest = sys_format("%s", over->options), *option, *paths, *path;

	while ((option = strsep(&rest, ","))) {
		if (!is(option, "lowerdir") && !is(option, "upperdir") && !is(option, "datadir"))
			continue;
		paths = strchr(option, '=');
		while (paths && (path = strsep(&paths, ":=")))
			if (*path && check_layer(g, uses, over, path) < 0)
				return -1;
	}
	return 0;
}

static int find(struct guards *g, const struct uses *uses, const struct use *u)
{
	struct way way = { .guards = g, .layer = "", .vital = u->vital };
	const struct mount *m = &u->mount;

	switch (u->kind) {
	case USE_MEMORY:
		return 0;
	case USE_DISK:
		return resolve(way, m->number);
	case USE_SOURCE:
		return find_source(&way, m);
	case USE_LAYERS:
		return check_layers(g, uses, m);
	case USE_NETWORK:
		note(g, sys_format("%s (%s of %s) is not guarded: it lies on another machine",
				   sys_show(m->point), m->type, sys_show(m->source)));
		return 0;
	default:
		return fail("guards: %s (%s) cannot be protected: on which disks it lies is not "
			    "known; unmount it", sys_show(m->point), sys_show(m->type));
	}
}

int guards_find(const struct uses *uses, struct guards *g)
{
	for (size_t i = 0; i < uses->n; i++) {
		const struct use *u = &uses->list[i];
		size_t before = g->found;

		if (find(g, uses, u) < 0)
			return -1;
		/* A system in memory alone has nothing to protect. */
		if (u->root && g->found == before && strcmp(u->mount.type, "tmpfs") &&
		    strcmp(u->mount.type, "ramfs") && strcmp(u->mount.type, "rootfs"))
			return fail("guards: / is %s (%s), which cannot be protected: it is on no "
				    "disk that the helper sees", sys_show(u->mount.type),
				    sys_show(u->mount.source));
	}
	return 0;
}

int guards_check_md(const struct guards *g)
{
	const char *start_ro = sys_line(sys_path("/sys/module/md_mod/parameters/start_ro"));

	if (!g->md || !strcmp(start_ro, "1"))
		return 0;
	return fail("guards: /dev/%s is in use, and md_mod.start_ro is %s, not 1: the next boot "
		    "could write to the array before it finds the image; boot with "
		    "md_mod.start_ro=1",
		    g->md, *start_ro ? start_ro : "not there");
}

int guards_identify(struct guards *g, const char *drivers)
{
	for (uint32_t i = 0; i < g->n; i++) {
		struct guarded *d = &g->list[i];
		const char *missing = device_missing_driver(d->dir, drivers);

		if (missing)
			return fail("guards: %s is in use, and the helper has no driver for it: %s",
				    d->guard.name, missing);
		if (guard_read(d->guard.name, &d->guard, false) < 0)
			return -1;
		d->removable = !d->vital && device_is_removable(d->dir);
	}
	return 0;
}
