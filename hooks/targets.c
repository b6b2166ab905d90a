// SPDX-License-Identifier: GPL-2.0-only
/* targets.c - may the helper write to the targets? */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "../image/head.h"
#include "../image/slots.h"
#include "plan.h"

/*
 * Superblocks may lie where a head is not looked for: at 4 KiB and later, of
 * MD, bcache, bcachefs, ZFS.  fd: not for direct I/O.  0, or -1 and said.
 */
static int check_contents(const struct planned_target *t, int fd)
{
	blkid_probe probe = blkid_new_probe();
	const char *type = NULL;
	int found;

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0) {
		blkid_free_probe(probe);
		return fail("%s: %s: cannot be probed", t->text, t->device);
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_MAGIC);
	blkid_probe_enable_partitions(probe, 1);
	found = blkid_do_safeprobe(probe);
	if (found == -2)
		type = "signatures of more than one kind";
	else if (found < 0)
		type = "what cannot be read";
	else if (!found && blkid_probe_lookup_value(probe, "TYPE", &type, NULL) < 0 &&
		 blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL) < 0)
		type = "something";
	if (type)
		fail("%s: %s holds %s (see wipefs): it is no target", t->text, t->device,
		     sys_show(type));
	blkid_free_probe(probe);
	return type ? -1 : 0;
}

/* The device in /sys: a plain disk or partition. */
static int find_dir(struct planned_target *t)
{
	dev_t number;

	if (sys_block(t->device, &number))
		t->dir = device_dir(number);
	if (!t->dir)
		return fail("%s: %s is no block device", t->text, t->device);
	if (strstr(t->dir, "/virtual/block/"))	/* loop, dm, md, nbd, zram */
		return fail("%s: %s is neither a disk nor a partition of one: the helper does not "
			    "see it", t->text, t->device);
	return 0;
}

/* Nobody uses it, and it holds nothing else. */
static int check_unused(struct planned_target *t, const struct target *device,
			const struct image_head *head)
{
	char **holder = sys_glob(sys_path("%s/holders/*", t->dir));
	int fd, ret;

	if (!holder)
		return -1;
	if (*holder)
		return fail("%s: %s is in use: %s lies on it", t->text, t->device,
			    sys_show(sys_base(*holder)));
	fd = open(t->device, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY)
		return fail("%s: %s is in use, see /proc/mounts and /proc/swaps", t->text,
			    t->device);
	if (fd < 0)
		return fail("%s: open %s:", t->text, t->device);
	ret = target_may_format(device, head) < 0 ? -1 : check_contents(t, fd);
	close(fd);
	return ret;
}

/* KiB of the swap area that are free: "NAME TYPE SIZE USED PRIORITY".  -1: it is not swapped to. */
static int64_t swap_free_kib(const struct planned_target *t)
{
	char *rest = sys_read(sys_path("/proc/swaps")), *line, name[SYS_PATH], type[16];
	dev_t wanted, number;
	ull size, used;

	if (!rest || !sys_block(t->device, &wanted))
		return -1;
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "%511s %15s %llu %llu", name, type, &size, &used) != 4)
			continue;
		if (t->file ? !strcmp(type, "file") && !strcmp(name, t->file) :
			      !strcmp(type, "partition") && sys_block(name, &number) &&
			      number == wanted)
			return size - used;
	}
	return -1;
}

/* KiB of a swap file that nobody swaps to, but for the page that its header takes.  -1: said. */
static int64_t file_kib(const struct planned_target *t)
{
	int fd = open(t->file, O_RDONLY | O_CLOEXEC);
	uint32_t last;
	struct stat st;
	bool read = fd >= 0 && fstat(fd, &st) == 0 &&
		    pread(fd, &last, sizeof last, SWAP_LAST_PAGE) == sizeof last;
	uint64_t kib = read ? st.st_size / 1024 : 0, wanted = read ? (last + 1ull) * 4 : 0;

	if (fd >= 0)
		close(fd);
	if (!read)
		return fail("%s: read %s:", t->text, t->file);
	if (kib < wanted)
		return fail("%s: %s has %llu KiB, its header says %llu: delete it, and let "
			    "kexec-hibernate format make it again", t->text, t->file, (ull)kib,
			    (ull)wanted);
	return wanted - IMAGE_BLOCK / 1024;
}

static int check_swap(struct planned_target *t)
{
	bool kept = t->spec.kind == &target_file;
	int64_t kib = kept && t->file ? file_kib(t) : swap_free_kib(t);
	int fd;

	if ((t->spec.offset || kept) && !t->file)
		return fail("%s: a byte of the device is for the helper", t->text);
	if (kib < 0 && kept)
		return -1;
	if (kib < 0)
		return fail("%s: %s is not swapped to, see /proc/swaps", t->text,
			    t->file ? t->file : t->device);
	/* The table of slots goes to the device below a file system that is mounted. */
	fd = open(t->device, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail("%s: open %s for writing (if it is mounted, this kernel needs "
			    "CONFIG_BLK_DEV_WRITE_MOUNTED or "
			    "bdev_allow_write_mounted=1):", t->text, t->device);
	close(fd);
	if (access("/dev/snapshot", F_OK) < 0)
		return fail("%s: this kernel hands out no slots: it has no /dev/snapshot "
			    "(CONFIG_HIBERNATION_SNAPSHOT_DEV)", t->text);
	t->kib = kib;
	return 0;
}

/* A stick may have a switch that protects it; and the helper replaces nothing but an image. */
static int check_dev(const struct planned_target *t, const struct target *device,
		     const struct image_head *head)
{
	int read_only = 0, fd = open(t->device, O_RDONLY | O_CLOEXEC);
	int asked = fd < 0 ? -1 : ioctl(fd, BLKROGET, &read_only);
	char why[WHY_SIZE];

	if (asked < 0)
		fail("%s: open %s:", t->text, t->device);
	if (fd >= 0)
		close(fd);
	if (asked < 0)
		return -1;
	if (read_only)
		return fail("%s: %s can be read only", t->text, t->device);
	if (device->fd >= 0 && !device->disarmed && head_replaceable(head, why) < 0)
		return fail("%s: %s is there already, discard or delete it: %s", t->text,
			    device->file, why);
	return 0;
}

/* All that speaks against one target.  head: what it has. */
static int check(const struct plan *p, struct planned_target *t, const struct target *device,
		 const struct image_head *head)
{
	bool swap = t->spec.kind->slots, dev = t->spec.kind == &target_dev;
	bool network = t->spec.kind->network;
	const char *missing = NULL;

	t->kib = (dev ? device->room : device->size) / 1024;
	if (network)
		t->dir = t->text;	/* it lies on no device */
	else if (find_dir(t) < 0 || (swap && check_swap(t) < 0))
		return -1;
	if (!network)
		missing = device_missing_driver(t->dir, p->drivers);
	if (t->kib < used_kib())
		return fail("%s: %s has %llu KiB, %llu KiB of memory are in use", t->text,
			    t->device, (ull)t->kib, (ull)used_kib());
	if (missing)
		return fail("%s: the helper has no driver for %s: %s", t->text, t->device, missing);
	if (dev && check_dev(t, device, head) < 0)
		return -1;
	if (network && target_may_format(device, head) < 0)
		return -1;
	if (!network && !t->spec.kind->renewed && check_unused(t, device, head) < 0)
		return -1;
	/* Two names for one device: it would get two ids. */
	for (int i = 0; i < p->ntargets; i++) {
		if (!strcmp(p->targets[i].dir, t->dir))
			return fail("%s: %s is %s as well", t->text, t->device, p->targets[i].text);
		if (swap && p->targets[i].spec.kind->slots)
			return fail("%s: slots of %s are used, no more than one swap area can be",
				    t->text, p->targets[i].text);
	}
	t->fresh = t->spec.kind->renewed || !head_has_magic(head);
	t->spec.has_id = true;
	memcpy(t->spec.id, dev ? device->uuid : head->target_id, sizeof t->spec.id);
	return t->fresh && !dev ? id_draw(t->spec.id) : 0;
}

static int look_at(struct plan *p, struct planned_target *t)
{
	struct target device = { .kind = NULL };
	struct image_head head;
	char place[TARGET_PLACE];
	int ret;

	/* A server may have an export that nobody may write to; nothing is written here. */
	if (check_net(p, t->text, &t->spec) < 0 ||
	    target_find(&t->spec, t->spec.kind->network, 0, &device) < 0)
		return 0;
	snprintf(t->device, sizeof t->device, "%s", device.name);
	if (t->spec.in_file) {
		t->file = realpath(t->spec.path, NULL);
		if (!t->file) {
			fail("%s: path of the file:", t->text);
			target_close(&device);
			return 0;
		}
		t->spec.in_file = false;
		t->spec.offset = device.offset;
		strcpy(t->spec.path, t->device);
	}
	t->place = t->text;
	if (t->file) {
		target_place(&device, place);
		t->place = sys_format("%s", place);
	}
	if (target_read_head(&device, &head) < 0)
		ret = 0;
	/* The next boot might resume that one, over what this session will have written. */
	else if (head_holds_image(&head))
		ret = fail("%s: holds an image that could be resumed: khimage discard %s REASON "
			   "sets it aside", t->text, t->text);
	else
		ret = check(p, t, &device, &head) == 0;
	target_close(&device);
	return ret;
}

int check_target(struct plan *p, int i)
{
	struct planned_target *t = &p->targets[p->ntargets];
	struct net_spec net = p->net;
	int found;

	*t = (struct planned_target){
		.text = p->conf.targets[i].text, .spec = p->conf.targets[i].spec
	};
	found = look_at(p, t);
	if (found > 0)
		p->ntargets++;
	else
		p->net = net;	/* the others may need none */
	return found;
}

int check_targets(struct plan *p)
{
	for (int i = 0; i < p->conf.ntargets; i++)
		if (check_target(p, i) < 0)
			return -1;
	if (p->ntargets)
		return 0;
	return fail("no target can be used, of the %d that are configured", p->conf.ntargets);
}
