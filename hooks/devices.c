// SPDX-License-Identifier: GPL-2.0-only
/* devices.c - what /sys says of block devices */
#include <ctype.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sys.h"

const char *device_dir(dev_t number)
{
	return sys_real(sys_path("/sys/dev/block/%u:%u", major(number), minor(number)));
}

static char *parent(const char *dir)
{
	return sys_format("%.*s", (int)(strrchr(dir, '/') - dir), dir);
}

const char *device_disk(const char *dir)
{
	return access(sys_path("%s/partition", dir), F_OK) == 0 ? parent(dir) : dir;
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
	const char *disk = device_disk(dir);

	return !strcmp(sys_line(sys_path("%s/removable", disk)), "1") || passes(disk, "/usb");
}

static int is_ata(const char *path, void *arg)
{
	const char *dir = sys_real(sys_path("%s", path));

	(void)arg;
	return dir && passes(dir, "/ata");
}

int device_any_ata(void)
{
	return sys_each("/sys/block", is_ata, NULL);
}

/* A driver goes by its module; some have another name, which counts where A has no modules. */
static const char *driver_of(const char *dir)
{
	static const char *const other[][2] = {
		{ "sd", "sd_mod" }, { "usb", "usbcore" }, { "xhci_hcd", "xhci_pci" },
		{ "mmcblk", "mmc_block" },
	};
	const char *real = sys_real(sys_path("%s/driver/module", dir));
	char *name;

	if (!real)
		real = sys_real(sys_path("%s/driver", dir));
	if (!real)
		return NULL;
	name = sys_format("%s", sys_base(real));
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (!strcmp(name, other[i][0]))
			return other[i][1];
	return name;
}

struct search {
	const char *drivers;	/* that there are */
	const char *missing;	/* NULL once one is there */
};

/* Up one path; 1 if a driver is missing. */
static int walk(const char *dir, struct search *s)
{
	char *at = sys_format("%s", dir);

	for (; !strncmp(at, "/sys/devices/", 13); *strrchr(at, '/') = 0) {
		const char *driver = driver_of(at);

		/* A bridge works without. */
		if (!driver || !strcmp(driver, "pcieport") || !strcmp(driver, "shpchp"))
			continue;
		s->missing = sys_has_line(s->drivers, driver) ? NULL : driver;
		if (s->missing)
			return 1;
	}
	return 0;
}

/* With multipath an NVMe disk belongs to a subsystem, whose controllers are links in it. */
static int walk_controller(const char *path, void *search)
{
	const char *real = passes(path, "/nvme") ? sys_real(sys_path("%s", path)) : NULL;

	return real && !strstr(real, "/nvme-subsystem/") && walk(real, search);
}

const char *device_missing_driver(const char *dir, const char *drivers)
{
	struct search s = { drivers, "(no driver)" };
	const char *disk = device_disk(dir);

	if (!walk(disk, &s) && strstr(disk, "/nvme-subsystem/") &&
	    sys_each(parent(disk), walk_controller, &s) < 0)
		return "(unknown)";
	return s.missing;
}
