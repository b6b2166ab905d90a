// SPDX-License-Identifier: GPL-2.0-only
/* helper-cmdline.c - put the helper's kernel parameters together */
#include <stdarg.h>
#include <string.h>

#include "../image/refuse.h"
#include "helper-cmdline.h"

/*
 * A processor takes 1.2 to 1.6 MiB of the window for the kernel, and 3 MiB for
 * the buffers of its worker; 24 MiB go to the kernel itself and the reserve.
 * More than 8 bring nothing.
 */
#define CPUS_MOST	8
#define CPUS_LEAST	2
#define CPU_MIB		5
#define KERNEL_MIB	24

int helper_cpus(uint64_t window_bytes)
{
	uint64_t mib = window_bytes >> 20;

	if (mib < KERNEL_MIB + CPUS_LEAST * CPU_MIB)
		return CPUS_LEAST;
	mib = (mib - KERNEL_MIB) / CPU_MIB;
	return mib < CPUS_MOST ? mib : CPUS_MOST;
}

struct line {
	char *text;
	size_t len;	/* HELPER_CMDLINE_SIZE or more: it did not fit */
};

static void __attribute__((format(printf, 2, 3))) add(struct line *line, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (line->len >= HELPER_CMDLINE_SIZE)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line->text + line->len, HELPER_CMDLINE_SIZE - line->len, fmt, ap);
	va_end(ap);
	line->len = n < 0 ? HELPER_CMDLINE_SIZE : line->len + n;
}

/* What stands behind "--" is for init, and a quoted value could swallow what follows it here. */
static void add_consoles(struct line *line, const char *own)
{
	size_t len;

	for (; *own; own += len, own += strspn(own, " \n")) {
		len = strcspn(own, " \n");
		if (len == 2 && !strncmp(own, "--", 2))
			return;
		if (!strncmp(own, "console=", 8) && !memchr(own, '"', len))
			add(line, " %.*s", (int)len, own);
	}
}

int helper_cmdline(const struct helper_cmdline *want, char text[HELPER_CMDLINE_SIZE], char *why)
{
	struct line line = { text, 0 };

	*text = 0;
	if (want->memmap)	/* RAM outside becomes reserved: design.md, section 2 */
		add(&line, "memmap=%#llx%%%#x-1+2 memmap=%#llx%%%#llx-1+2 ",
		    (ull)(want->window.start - HELPER_LOW_END), HELPER_LOW_END,
		    (ull)((1ull << 52) - want->window.end), (ull)want->window.end);
	add(&line, "loglevel=6 printk.devkmsg=on panic=10 nr_cpus=%d",
	    helper_cpus(want->window.end - want->window.start));
	/*
	 * C does not count as a crash kernel, so its drivers would take full queues,
	 * and for a disk without memory of its own up to 128 MiB: more than there is.
	 */
	add(&line, " nvme.io_queue_depth=64 nvme.max_host_mem_size_mb=0 virtio_blk.queue_depth=64");
	if (want->paging_levels != 5)
		add(&line, " no5lvl");
	if (want->no_ata)	/* it would wait 0.3 s for the ports */
		add(&line, " initcall_blacklist=ahci_pci_driver_init,piix_init");
	add_consoles(&line, want->own);
	if (*want->extra)
		add(&line, " %s", want->extra);
	if (line.len >= HELPER_CMDLINE_SIZE)
		return refuse(why, "the helper's kernel parameters have more than %d bytes",
			      HELPER_CMDLINE_SIZE - 1);
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			return refuse(why, "the helper's kernel parameters have byte %#x at %d",
				      *p & 0xff, (int)(p - text));
	return 0;
}
