// SPDX-License-Identifier: GPL-2.0-only
/* uses.c - what is mounted and swapped to, and down to which disks it leads */
#include <sys/sysmacros.h>

#include "../../hooks/guards.h"
#include "fakes.h"
#include "machine-dir.h"

#define OWN "mnt:[4026531841]"
#define ROOT "30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"

static void lines_of_mountinfo(void **state)
{
	char good[] = "36 35 98:0 /mnt1 /a\\040b\\012c rw,noatime master:1 shared:2 - fuse.x.y "
		      "srv\\134z ro,a=b";
	char bare[] = "36 35 0:4 mnt:[4026532301] /run/ns rw - nsfs nsfs rw";
	struct mount m;

	(void)state;
	assert_true(mountinfo_parse(good, &m));
	assert_int_equal(m.number, makedev(98, 0));
	assert_string_equal(m.root, "/mnt1");
	assert_string_equal(m.point, "/a b\nc");
	assert_string_equal(m.type, "fuse");
	assert_string_equal(m.source, "srv\\z");
	assert_string_equal(m.options, "ro,a=b");
	assert_true(mountinfo_parse(bare, &m));
	assert_string_equal(m.root, "mnt:[4026532301]");
	for (size_t cut = 0; cut < strlen(ROOT) - 12; cut++) {
		char line[] = ROOT;

		line[cut] = 0;
		assert_false(mountinfo_parse(line, &m));
	}
}

/* Disks, and layers over them. */
static int machine(void **state)
{
	machine_begin(state);
	put_device("8:0", "pci/sda", "");
	put_partition("8:1", "pci/sda/sda1");
	put_partition("8:2", "pci/sda/sda2");
	put_partition("8:3", "pci/sda/sda3");
	put_device("8:16", "pci/usb1/sdb", "");
	put_partition("8:17", "pci/usb1/sdb/sdb1");
	put_device("104:0", "pci/cciss!c0d0", "");
	put_device("9:0", "virtual/block/md0", "8:2 8:17");
	put_partition("259:0", "virtual/block/md0/md0p1");
	put_device("253:0", "virtual/block/dm-0", "259:0");	/* LUKS on a partition of a RAID */
	put_device("253:1", "virtual/block/dm-1", "253:0");	/* LVM in it */
	put_device("7:0", "virtual/block/loop0", "");
	put_device("7:1", "virtual/block/loop1", "");
	put_file("/sys/devices/virtual/block/loop0/loop/backing_file", "/home/file\n");
	put_file("/sys/devices/virtual/block/loop1/loop/backing_file", "/dev/sda3\n");
	put_device("254:0", "virtual/block/zram0", "");
	put_device("43:0", "virtual/block/nbd0", "");
	put_device("11:0", "pci/sr0", "");
	put_file("/proc/filesystems",
		 "nodev\ttmpfs\n\text4\n\tbtrfs\nnodev\toverlay\nnodev\tzfs\n");
	put_file("/proc/swaps", "Filename Type Size Used Priority\n");
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct guarded *)a)->guard.name,
		      ((const struct guarded *)b)->guard.name);
}

/* The guards that these mounts of one process lead to, by name, each behind a blank. */
static const char *guards_of(const char *mounts, struct guards *g)
{
	static char names[512];
	struct uses uses;

	memset(g, 0, sizeof *g);
	put_thread(0, 0, OWN, mounts);
	put_thread(1, 1, OWN, mounts);
	*names = 0;
	if (uses_read(&uses) < 0 || guards_find(&uses, g) < 0)
		return "refused";
	qsort(g->list, g->n, sizeof *g->list, by_name);
	for (uint32_t i = 0; i < g->n; i++)
		sprintf(names + strlen(names), " %s", g->list[i].guard.name);
	return names;
}

static void assert_guards(const char *mounts, const char *names, const char *note)
{
	struct guards g;

	assert_string_equal(guards_of(mounts, &g), names);
	assert_int_equal(g.nnotes, *note != 0);
	if (*note)
		assert_string_equal(g.notes[0], note);
}

static void assert_no_guards(const char *mounts, const char *failure)
{
	struct guards g;

	quiet = true;
	assert_string_equal(guards_of(mounts, &g), "refused");
	quiet = false;
	assert_string_equal(log_last_failure(), failure);
}

static void what_is_mounted(void **state)
{
	(void)state;
	assert_guards(ROOT "31 1 8:1 /a\\040b /x rw - ext4 /dev/root rw\n"
			   "32 1 0:25 / /run rw - tmpfs tmpfs rw\n"
			   "33 1 0:31 / /data rw - btrfs /dev/sdb rw\n"
			   "34 1 104:0 / /array rw - ext4 /dev/cciss/c0d0 rw\n",
		      " /dev/cciss/c0d0 /dev/sda1 /dev/sdb", "");
	/* A desktop: nothing of this is on a disk, whatever a FUSE server calls itself. */
	assert_guards(ROOT "31 1 0:40 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw\n"
		      "32 1 0:41 / /run/user/1000/doc rw - fuse.portal portal rw\n"
		      "33 1 0:42 / /home/u/evil rw - fuse.x /dev/sda3 rw\n"
		      "34 1 0:4 net:[4026532301] /run/netns/a\\012b rw - nsfs nsfs rw\n"
		      "35 1 0:43 / /misc rw - autofs /etc/auto.misc rw\n", " /dev/sda1", "");
	/* NTFS by FUSE is on a disk. */
	assert_guards(ROOT "31 1 8:3 / /win rw - fuseblk.ntfs /dev/sda3 rw\n",
		      " /dev/sda1 /dev/sda3", "");
	assert_guards(ROOT "31 1 0:50 / /net rw - nfs4 srv:/x rw\n", " /dev/sda1",
		      "/net (nfs4 of srv:/x) is not guarded: it lies on another machine");
	assert_guards(
		ROOT "31 1 0:51 / /over rw - overlay overlay rw,lowerdir=/no\\040where,workdir=/\n",
		" /dev/sda1",
		"/over (overlay) lies on /no where, which cannot be looked at: not every change to "
		"that will be seen");
}

static void layers(void **state)
{
	struct guards g;

	(void)state;
	assert_string_equal(guards_of(ROOT "31 1 253:1 / /m rw - ext4 /dev/dm-1 rw\n"
				      "31 1 8:3 / /n rw - ext4 /dev/sda3 rw\n", &g),
			    " /dev/sda1 /dev/sda2 /dev/sda3 /dev/sdb1");
	assert_int_equal(g.nnotes, 2);
	assert_true(!strcmp(g.notes[0],
			    "/dev/sda2 is below md0: not every change to that will be seen") ||
		    !strcmp(g.notes[1],
			    "/dev/sda2 is below md0: not every change to that will be seen"));
	assert_fails(guards_check_md(&g),
		     "guards: /dev/md0 is in use, and md_mod.start_ro is not there, not 1: the "
		     "next boot could "
		     "write to the array before it finds the image; boot with md_mod.start_ro=1");
	put_file("/sys/module/md_mod/parameters/start_ro", "0\n");
	assert_fails(
		guards_check_md(&g),
		"guards: /dev/md0 is in use, and md_mod.start_ro is 0, not 1: the next boot could "
		"write to the array before it finds the image; boot with md_mod.start_ro=1");
	put_file("/sys/module/md_mod/parameters/start_ro", "1\n");
	assert_int_equal(guards_check_md(&g), 0);
	guards_of(ROOT, &g);
	put_file("/sys/module/md_mod/parameters/start_ro", "0\n");
	assert_int_equal(guards_check_md(&g), 0);
}

static void other_devices(void **state)
{
	(void)state;
	assert_guards(
		ROOT
		"31 1 7:0 / /l rw - ext4 /dev/loop0 rw\n32 1 7:1 / /m rw - ext4 /dev/loop1 rw\n"
		"33 1 11:0 / /cd ro - iso9660 /dev/sr0 ro\n34 1 254:0 / /z rw - ext4 /dev/zram0 "
		"rw\n"
		"35 1 43:0 / /n rw - ext4 /dev/nbd0 rw\n",
		" /dev/sda1 /dev/sda3", "nbd0 is not guarded: the helper cannot see it");
	put_file("/sys/devices/virtual/block/zram0/backing_dev", "/dev/sda2\n");
	assert_guards(ROOT "34 1 254:0 / /z rw - ext4 /dev/zram0 rw\n", " /dev/sda1 /dev/sda2",
		      "/dev/sda2 is below zram0: not every change to that will be seen");
}

static void members_of_a_btrfs(void **state)
{
	(void)state;
	put_link("/sys/fs/btrfs/uuid/devices/sda2", "../../../../devices/pci/sda/sda2");
	put_link("/sys/fs/btrfs/uuid/devices/sdb", "../../../../devices/pci/usb1/sdb");
	assert_guards(ROOT "33 1 0:31 / /data rw - btrfs /dev/sdb rw\n",
		      " /dev/sda1 /dev/sda2 /dev/sdb", "");
}

static void what_cannot_be_protected(void **state)
{
	(void)state;
	assert_no_guards("30 1 8:99 / / rw - ext4 x rw\n",
			 "guards: device 8:99 is not in /sys/dev/block");
	assert_no_guards(ROOT "31 1 0:9 / /b rw - btrfs x rw\n",
			 "guards: on which device x (btrfs) is mounted is not known");
	assert_no_guards(ROOT "31 1 0:9 / /tank rw - zfs tank rw\n",
			 "guards: /tank (zfs) cannot be protected: on which disks it lies is not "
			 "known; unmount it");
	assert_no_guards(ROOT "31 1 0:9 / /t rw - nonesuch x rw\n",
			 "guards: /t (nonesuch) cannot be protected: on which disks it lies is not "
			 "known; unmount it");
	assert_no_guards("30 1 0:9 / / rw - overlay overlay rw\n",
			 "guards: / is overlay (overlay), which cannot be "
			 "protected: it is on no disk that the helper sees");
	assert_no_guards("30 1 0:9 / / rw - nfs srv:/root rw\n",
			 "guards: / is nfs (srv:/root), which cannot be "
			 "protected: it is on no disk that the helper sees");
	assert_no_guards("30 1 43:0 / / rw - ext4 /dev/nbd0 rw\n",
			 "guards: / is ext4 (/dev/nbd0), which cannot be "
			 "protected: it is on no disk that the helper sees");
	assert_no_guards("30 1 8:1 / /x rw - ext4 /dev/root rw\n",
			 "guards: /proc/self: nothing is mounted on /");
	assert_no_guards("rubbish\n", "guards: /proc/self: 'rubbish' is no mount");
	assert_no_guards(ROOT "31 1 0:4 mnt:[1] /run/ns rw - nsfs nsfs rw\n",
			 "guards: what mnt:[1] at /run/ns has mounted cannot be seen");
}

static void other_namespaces(void **state)
{
	struct guards g;

	(void)state;
	put_thread(7, 7, OWN, "not read: this namespace is known\n");
	put_thread(7, 9, "mnt:[2]", "99 1 8:3 / /private rw - ext4 /dev/sda3 rw\n");
	put_link("/proc/8/task/8/ns/mnt", "mnt:[3]");	/* it ends before its mountinfo is read */
	assert_string_equal(guards_of(ROOT, &g), " /dev/sda1 /dev/sda3");
}

static void swaps_and_what_is_vital(void **state)
{
	struct guards g;

	(void)state;
	put_file("/proc/swaps", "Filename Type Size Used Priority\n/dev/dm-1 partition 9 0 -2\n");
	assert_string_equal(guards_of(ROOT "31 1 8:3 / /n rw - ext4 /dev/sda3 rw\n", &g),
			    " /dev/sda1 /dev/sda2 /dev/sda3 /dev/sdb1");
	for (uint32_t i = 0; i < g.n; i++)
		assert_int_equal(g.list[i].vital, i != 2);	/* sda3 */
	put_file("/proc/swaps", "Filename Type Size Used Priority\n/dev/gone partition 9 0 -2\n");
	assert_no_guards(ROOT, "guards: swap on /dev/gone: no such block device");
}

static uint64_t digest_of(const char *mounts)
{
	struct uses uses;

	put_thread(0, 0, OWN, mounts);
	assert_int_equal(uses_read(&uses), 0);
	return uses_digest(&uses);
}

static void digest_of_uses(void **state)
{
	uint64_t plain = digest_of(ROOT);

	(void)state;
	assert_int_equal(plain, digest_of(ROOT "31 1 0:25 / /run rw - tmpfs tmpfs rw\n31 1 8:1 / "
					       "/b rw - ext4 /dev/sda1 rw\n"));
	assert_int_not_equal(plain, digest_of(ROOT "31 1 8:3 / /n rw - ext4 /dev/sda3 rw\n"));
	assert_int_not_equal(digest_of(ROOT "31 1 0:9 / /b rw - btrfs /dev/sdb rw\n"),
			     digest_of(ROOT "31 1 0:9 / /b rw - btrfs /dev/sda3 rw\n"));
}

static void drivers(void **state)
{
	(void)state;
	put_device("8:32", "pci0/0000:00:1f.2/ata3/host2/2:0:0:0/block/sdc", "");
	put_link("/sys/devices/pci0/driver", "../../bus/pci/drivers/pcieport");
	put_link("/sys/devices/pci0/0000:00:1f.2/driver", "../../../bus/pci/drivers/ahci");
	put_link("/sys/devices/pci0/0000:00:1f.2/ata3/host2/2:0:0:0/driver",
		 "../../../../../../bus/scsi/drivers/sd");
	put_dir("/sys/bus/pci/drivers/pcieport");
	put_dir("/sys/bus/pci/drivers/ahci");
	put_dir("/sys/bus/scsi/drivers/sd");
#define SDC "/sys/devices/pci0/0000:00:1f.2/ata3/host2/2:0:0:0/block/sdc"
	assert_null(device_missing_driver(SDC, "ahci\nsd_mod\n"));
	assert_string_equal(device_missing_driver(SDC, "ahci2\nsd_mod\n"), "ahci");
	put_link("/sys/bus/pci/drivers/ahci/module", "../../../../module/our-ahci");
	put_dir("/sys/module/our-ahci");
	assert_string_equal(device_missing_driver(SDC, "ahci\nsd_mod\n"), "our_ahci");
	assert_string_equal(device_missing_driver("/sys/devices/virtual/block/dm-0", "ahci\n"),
			    "(no driver)");
	assert_true(device_any_ata());

	/* A disk with more than one way to it. */
	put_device("259:9", "virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "");
	put_dir("/sys/devices/pci0/0000:01:00.0/nvme/nvme0");
	put_link("/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		 "../../../pci0/0000:01:00.0/nvme/nvme0");
	put_link("/sys/devices/pci0/0000:01:00.0/driver", "../../../bus/pci/drivers/nvme");
	put_dir("/sys/bus/pci/drivers/nvme");
#define NVME "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1"
	assert_null(device_missing_driver(NVME, "nvme\n"));
	assert_string_equal(device_missing_driver(NVME, "ahci\n"), "nvme");
	assert_true(device_is_removable("/sys/devices/pci/usb1/sdb/sdb1"));
	assert_false(device_is_removable("/sys/devices/pci/sda/sda1"));
	put_file("/sys/devices/pci/sda/removable", "1\n");
	assert_true(device_is_removable("/sys/devices/pci/sda/sda1"));
}

#define MACHINE_TEST(test) cmocka_unit_test_setup_teardown(test, machine, machine_end)

int uses_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_mountinfo),
		MACHINE_TEST(what_is_mounted),
		MACHINE_TEST(layers),
		MACHINE_TEST(other_devices),
		MACHINE_TEST(members_of_a_btrfs),
		MACHINE_TEST(what_cannot_be_protected),
		MACHINE_TEST(other_namespaces),
		MACHINE_TEST(swaps_and_what_is_vital),
		MACHINE_TEST(digest_of_uses),
		MACHINE_TEST(drivers),
	};

	return cmocka_run_group_tests_name("mounts and guards", tests, NULL, NULL);
}
