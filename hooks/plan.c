// SPDX-License-Identifier: GPL-2.0-only
/* plan.c - print the plan, and tell the helper its part */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "../image/fsprobe.h"
#include "plan.h"

int check_guards(struct plan *p)
{
	if (uses_read(&p->uses) < 0 || guards_find(&p->uses, &p->guards) < 0)
		return -1;
	for (uint32_t i = 0; i < p->guards.n; i++)
		for (int j = 0; j < p->ntargets; j++)
			if (!p->targets[j].spec.kind->slots &&
			    !strcmp(p->guards.list[i].dir, p->targets[j].dir))
				return fail("%s: %s is in use, below another device",
					    p->targets[j].text, p->targets[j].device);
	if (!p->direct && guards_check_md(&p->guards) < 0)
		return -1;
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
	char id[33], net[NET_SPEC_TEXT];

	printf("plan: save to");
	for (int i = 0; i < p->ntargets; i++) {
		id_format(p->targets[i].spec.id, id);
		printf(" %s=%s", p->targets[i].text, p->targets[i].fresh ? "new" : id);
	}
	printf(", codec %s, then %s\n", p->conf.codec, p->conf.end);
	printf("plan: helper in %#llx-%#llx (%llu MiB)%s%s\n", (ull)p->window.start,
	       (ull)p->window.end - 1, (ull)p->window_size >> 20,
	       *p->window_reason ? ", because " : "", p->window_reason);
	net_spec_format(&p->net, net);
	if (p->net.address)
		printf("plan: network %s\n", net);
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

const char *configured_place(const char *text, const struct target_spec *spec)
{
	struct target t = { .kind = NULL };
	char place[TARGET_PLACE];

	if (!spec->in_file)
		return text;
	if (target_find(spec, false, 0, &t) < 0)
		return NULL;
	target_place(&t, place);
	target_close(&t);
	return sys_format("%s", place);
}

char *plan_session(const struct plan *p, uint64_t mailbox, const uint8_t cookie[16])
{
	char *text = NULL, id[33], net[NET_SPEC_TEXT];
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f) {
		fail("make the session:");
		return NULL;
	}
	id_format(cookie, id);
	fprintf(f, SESSION_FIRST "\n" SESSION_MAILBOX " %#llx %s\n", (ull)mailbox, id);
	id_format(p->id, id);
	fprintf(f, SESSION_ID " %s\n", id);
	for (int i = 0; i < p->ntargets; i++) {
		id_format(p->targets[i].spec.id, id);
		fprintf(f, SESSION_TARGET " %s %s\n", p->targets[i].place, id);
	}
	net_spec_format(&p->net, net);
	if (p->net.address)
		fprintf(f, SESSION_NET " %s\n", net);
	fprintf(f, SESSION_WINDOW " %#llx %#llx\n", (ull)p->window.start, (ull)p->window.end);
	fprintf(f, SESSION_CODEC " %s\n" SESSION_VERIFY " %s\n", p->conf.codec, p->conf.verify);
	fprintf(f, SESSION_ATA " %s\n" SESSION_END " %s\n", p->no_ata ? "no" : "yes",
		p->conf.end);
	fprintf(f, SESSION_RAM_PAGES " %llu\n", (ull)p->ram_pages);
	fprintf(f, SESSION_RELEASE " %s\n" SESSION_FREE_PAGES " %s\n", p->release, p->free_pages);
	for (uint32_t i = 0; i < p->guards.n; i++) {
		const struct guarded *d = &p->guards.list[i];

		id_format(d->guard.uuid, id);
		fprintf(f, SESSION_GUARD " %s %s %s %llu%s\n", d->guard.name,
			guard_type_name(d->guard.type), id, (ull)d->guard.size,
			d->removable ? " " SESSION_REMOVABLE : "");
	}
	if (fclose(f) == 0 && len < SESSION_SIZE)
		return text;
	fail("session: %zu bytes, at most %u", len, SESSION_SIZE - 1);
	free(text);
	return NULL;
}

/*
 * One entry of a "newc" archive (Documentation/driver-api/early-userspace/
 * buffer-format.rst): a header of 110 bytes and the name, then the contents,
 * each filled up to a multiple of 4.
 */
static void fill(FILE *f)
{
	while (ftell(f) % 4)
		putc(0, f);
}

static void entry(FILE *f, const char *name, unsigned int mode, const char *text)
{
	fprintf(f, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s%c",
		0, mode, 0, 0, 1, 0,
		(unsigned int)strlen(text), 0, 0, 0, 0, (unsigned int)strlen(name) + 1, 0, name, 0);
	fill(f);
	fputs(text, f);
	fill(f);
}

int archive_make(const char *base, const char *session)
{
	size_t len;
	char *data = sys_read_bytes(base, &len);
	FILE *f;
	int fd, ret;

	if (!data)
		return fail("read %s:", base);
	/* The kernel wants each archive at a multiple of 4; cpio fills up to 512. */
	if (len % 4) {
		free(data);
		return fail("%s: %zu bytes are no multiple of 4", base, len);
	}
	fd = memfd_create("khib-initramfs", MFD_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(dup(fd), "w");
	if (!f)
		return fail("make a file in memory:");
	fwrite(data, 1, len, f);
	free(data);
	entry(f, "etc", S_IFDIR | 0755, "");
	entry(f, "etc/khib", S_IFDIR | 0755, "");
	entry(f, "etc/khib/session", S_IFREG | 0600, session);
	entry(f, "TRAILER!!!", 0, "");
	ret = fflush(f) || ferror(f) ? fail("write a file in memory:") : fd;
	fclose(f);
	if (ret < 0)
		close(fd);
	return ret;
}
