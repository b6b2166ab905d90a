// SPDX-License-Identifier: GPL-2.0-only
/* devices.c - what /sys says of block devices */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "devices.h"

bool device_dir(dev_t number, char dir[SYS_PATH])
{
	return sys_real(sys_path("/sys/dev/block/%u:%u", major(number), minor(number)), dir);
}

void device_disk(const char *dir, char disk[SYS_PATH])
{
	snprintf(disk, SYS_PATH, "%s", dir);
	if (access(sys_path("%s/partition", dir), F_OK) == 0)
		*strrchr(disk, '/') = 0;
}

/* Is there prefix and a digit in the path? */
static bool passes(const char *dir, const char *prefix)
{
	for (const char *p = dir; (p = strstr(p, prefix)); p++)
		if (isdigit((unsigned char)p[strlen(prefix)]))
			return true;
	return false;
}

bool device_is_removable(const char *dir)
{
	char disk[SYS_PATH];

	device_disk(dir, disk);
	return !strcmp(sys_line(sys_path("%s/removable", disk)), "1") || passes(disk, "/usb");
}

static int is_ata(const char *path, void *arg)
{
	char dir[SYS_PATH];

	(void)arg;
	return sys_real(sys_path("%s", path), dir) && passes(dir, "/ata");
}

int device_any_ata(void)
{
	return sys_each("/sys/block", is_ata, NULL);
}

/* A driver goes by its module; some have another name, which counts where A has no modules. */
static void driver_name(const char *dir, char name[DEVICE_DRIVER])
{
	static const char *const other[][2] = {
		{ "sd", "sd_mod" }, { "usb", "usbcore" }, { "xhci_hcd", "xhci_pci" },
		{ "mmcblk", "mmc_block" },
	};
	char real[SYS_PATH];

	*name = 0;
	if (!sys_real(sys_path("%s/driver/module", dir), real) &&
	    !sys_real(sys_path("%s/driver", dir), real))
		return;
	snprintf(name, DEVICE_DRIVER, "%s", sys_base(real));
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (!strcmp(name, other[i][0]))
			strcpy(name, other[i][1]);
}

struct way {
	const char *drivers;	/* that there are */
	int found;		/* on the way */
	char *missing;
};

/* Up one path; 1 if a driver is missing. */
static int walk(const char *dir, struct way *way)
{
	char at[SYS_PATH], *slash;

	snprintf(at, sizeof at, "%s", dir);
	while (!strncmp(at, "/sys/devices/", 13) && (slash = strrchr(at, '/'))) {
		driver_name(at, way->missing);
		/* A bridge works without. */
		if (*way->missing && strcmp(way->missing, "pcieport") &&
		    strcmp(way->missing, "shpchp")) {
			way->found++;
			if (!sys_has_line(way->drivers, way->missing))
				return 1;
		}
		*slash = 0;
	}
	return 0;
}

/* With multipath an NVMe disk belongs to a subsystem, whose controllers are links in it. */
static int walk_controller(const char *path, void *way)
{
	char real[SYS_PATH];

	return passes(path, "/nvme") && sys_real(sys_path("%s", path), real) &&
	       !strstr(real, "/nvme-subsystem/") && walk(real, way);
}

bool device_has_drivers(const char *dir, const char *drivers, char missing[DEVICE_DRIVER])
{
	struct way way = { drivers, 0, missing };
	char disk[SYS_PATH];

	device_disk(dir, disk);
	if (walk(disk, &way))
		return false;
	if (strstr(disk, "/nvme-subsystem/")) {
		*strrchr(disk, '/') = 0;
		if (sys_each(disk, walk_controller, &way))
			return false;
	}
	if (!way.found)
		strcpy(missing, "(no driver)");
	return way.found > 0;
}
