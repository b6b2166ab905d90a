// SPDX-License-Identifier: GPL-2.0-only
/*
 * next-boot.c - will the next boot look for the image?
 *
 * /run/khib/boot is what this boot's script has left, /var/lib/kexec-hibernate/
 * initramfs/VERSION what the hook left when it made /boot/initrd.img-VERSION:
 * lines "format N" and "build HEX16", as khib identity prints them; the
 * script's has also "seen TARGET" or "missing TARGET" for each that it sought.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "plan.h"

#define INITRD	"/boot/initrd.img-"
#define REMEDY	"run update-initramfs -u -k all"

static bool has(const char *text, const char *key, const char *value)
{
	return sys_has_line(text, sys_format("%s %s", key, value));
}

/* Of the first line "key value", for a message. */
static const char *get(const char *text, const char *key)
{
	const char *p = strstr(text, sys_format("%s ", key));

	return p ? sys_format("%.*s", (int)strcspn(p, "\n"), sys_show(p))
		 : sys_format("no %s", key);
}

static int check_identity(const char *text, uint64_t build, const char *whose, const char *remedy)
{
	const char *format = sys_format("%u", IMAGE_VERSION);
	const char *hex = sys_format("%016llx", (ull)build);

	if (!has(text, "format", format))
		return fail("%s has %s of images, installed is %s: %s", whose, get(text, "format"),
			    format, remedy);
	if (!has(text, "build", hex))
		return fail("%s has %s of the helper, installed is %s: %s", whose,
			    get(text, "build"), hex, remedy);
	return 0;
}

/* The boot script is needed on the direct path, too: it sets an image aside that is passed by. */
static int check_this_boot(const struct plan *p, uint64_t build)
{
	char *text = sys_read(sys_path("/run/khib/boot")), net[NET_SPEC_TEXT];

	if (!text)
		return fail("the next boot would not look for the image: this one's initramfs has "
			    "no boot script of kexec-hibernate");
	if (check_identity(text, build, "this boot's initramfs", REMEDY ", and boot once") < 0)
		return -1;
	net_spec_format(&p->net, net);
	if (p->net.address && !has(text, "net", net))
		return fail("this boot's initramfs has %s, the way to the server is net %s: " REMEDY
			    ", and boot once", get(text, "net"), net);
	for (int i = 0; i < p->conf.ntargets; i++) {
		const char *t = p->conf.targets[i].text;
		const char *place = configured_place(t, &p->conf.targets[i].spec);

		if (!place)
			return -1;
		if (has(text, "missing", place))
			return fail("%s: this boot has not found it, the next one would pass the "
				    "image by: " REMEDY ", and boot once", t);
		if (!has(text, "seen", place))
			return fail("%s: this boot has not looked there for an image: " REMEDY
				    ", and boot once", t);
	}
	return 0;
}

/* One that the boot menu may offer: no backup, and nothing that a removed kernel has left. */
static int check_initramfs(const char *version, uint64_t build)
{
	const char *path = sys_format(INITRD "%s", version);
	const char *record = sys_path("/var/lib/kexec-hibernate/initramfs/%s", version);
	struct stat made, is;
	char *text;

	if (access(sys_path("/boot/vmlinuz-%s", version), F_OK) < 0)
		return 0;
	text = sys_read(record);
	if (!text || stat(record, &made) < 0 || stat(sys_path("%s", path), &is) < 0)
		return fail("%s was made without the boot script of kexec-hibernate, a boot with "
			    "it would pass the image by: " REMEDY, sys_show(path));
	if (made.st_mtime > is.st_mtime)
		return fail("%s is older than what was last put into it: " REMEDY, sys_show(path));
	return check_identity(text, build, sys_show(path), REMEDY);
}

int check_next_boot(struct plan *p)
{
	uint64_t build;
	char **initrd;

	p->direct = !strcmp(p->conf.resume, "direct") && !*p->window_reason;
	if (!strcmp(p->conf.resume, "direct") && !p->direct)
		info("the direct path stands aside: %s", p->window_reason);
	if (identity(p, &build) < 0 || check_this_boot(p, build) < 0)
		return -1;
	initrd = sys_glob(sys_path(INITRD "*"));
	for (; initrd && *initrd; initrd++)
		if (check_initramfs(strstr(*initrd, INITRD) + strlen(INITRD), build) < 0)
			return -1;
	return initrd ? 0 : -1;
}
