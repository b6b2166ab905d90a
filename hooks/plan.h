/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - all that a hibernation will do, decided while nothing is frozen
 *
 * Each check fills in its part.  What is printed, what the helper is told
 * (session) and what is done comes from here alone.
 */
#ifndef HOOKS_PLAN_H
#define HOOKS_PLAN_H

#include "../base/helper-cmdline.h"
#include "../base/session-keys.h"
#include "../image/net-spec.h"
#include "../targets/target.h"
#include "../image/refuse.h"
#include "guards.h"

/* /etc/kexec-hibernate.conf: docs/kexec-hibernate.conf.5.scd */
struct config {
	struct {
		const char *text;	/* as it is configured */
		struct target_spec spec;
	} targets[SESSION_TARGETS];
	int ntargets;			/* at least one */
	const char *codec, *verify, *end;	/* as the session has them */
	const char *resume, *window_mib;
	const char *helper_parameters, *boot_once, *boot_once_undo;	/* "" without */
};

/*
 * Read the file.  Nothing in it is expanded or run.  0, or -1 and one line was
 * said with the file's name and the line's number.
 */
int config_read(const char *path, struct config *conf);

struct planned_target {
	const char *text;		/* as it is configured */
	const char *place;		/* as the helper is told: configured_place() */
	const char *file;		/* the swap file that it is, or NULL */
	struct target_spec spec;	/* with the id that its head has, or is to get */
	char device[TARGET_NAME];
	const char *dir;		/* in /sys */
	bool fresh;			/* it has no head yet; the id is new */
	uint64_t kib;			/* that an image may have */
};

struct plan {
	struct config conf;
	const char *lib;		/* the directory of the helper's files */
	const char *helper;		/* its kernel there: helper, or helper-net */
	char *drivers;			/* that the helper has, one a line */
	struct net_spec net;		/* address 0: no target is on a server */
	uint64_t window_size;
	struct ram_range window;
	char window_reason[WHY_SIZE];	/* why it is not the default one, "" if it is */
	int paging_levels;
	bool no_ata;
	uint64_t ram_pages, ram_bytes;
	char release[64];
	uint8_t id[16];			/* of the session */
	struct planned_target targets[SESSION_TARGETS];	/* those that will do */
	int ntargets;
	const char *free_pages, *free_plan;	/* for the session, and for a person */
	bool direct;
	struct guards guards;
	struct uses uses;
	char cmdline[HELPER_CMDLINE_SIZE];	/* B's */
};

/* In the order in which they are made.  Each returns 0, or -1 and one line was said. */
int check_kernel(struct plan *p);	/* it can jump, and may */
int check_files(struct plan *p);	/* the helper's are there */
int check_watchdogs(void);		/* none runs that the helper would not feed */
int choose_window(struct plan *p);
int check_low_memory(struct plan *p);
int check_memory(struct plan *p);	/* there is enough for the window, or for a smaller one */
int check_nets(struct plan *p);		/* the helper can reach all servers of targets */
/* A configured one: 1 if the helper may write to it, 0 if not, -1 if it may write to none. */
int check_target(struct plan *p, int i);
int check_targets(struct plan *p);	/* one at least will do; the others are told */
int check_next_boot(struct plan *p);	/* it will look for the image */
void free_pages_expected(struct plan *p);
int check_guards(struct plan *p);

/* What is installed, helper and helper.cpio, in one number.  0, or -1 and said. */
int identity(const struct plan *p, uint64_t *build);

/* B's parameters; memmap: those of a boot entry.  0, or -1 and said. */
int plan_cmdline(const struct plan *p, bool memmap, char text[HELPER_CMDLINE_SIZE]);

/* What each configured target is and holds, for a person.  0, or -1 and said. */
int show_targets(struct plan *p);

void plan_print(const struct plan *p);

/* The session for B (base/session-keys.h), with a mailbox; the caller frees it.  NULL: said. */
char *plan_session(const struct plan *p, uint64_t mailbox, const uint8_t cookie[16]);

/*
 * A file in memory: the archive base, followed by one that has the session as
 * /etc/khib/session.  Returns its descriptor, or -1 and said.
 */
int archive_make(const char *base, const char *session);

/*
 * A configured target as the helper and the boot script know it: the text, or for a swap file its
 * device and byte.  It stays.  NULL: said.
 */
const char *configured_place(const char *text, const struct target_spec *spec);

bool head_holds_image(const struct image_head *h);	/* one that could be resumed */

/*
 * If a target is on a server: how this system reaches it, and whether the helper can do so and
 * reach the others' servers, too.  0, or -1 and said.
 */
int check_net(struct plan *p, const char *name, const struct target_spec *spec);

uint64_t meminfo_kib(const char *name);	/* of /proc/meminfo, 0 if it is not there */
uint64_t used_kib(void);		/* of memory */

/*
 * What a kernel expects of its free pages.  zero, poisoning: it is built with
 * CONFIG_INIT_ON_FREE_DEFAULT_ON, CONFIG_PAGE_POISONING; cmdline: its own.
 */
enum free_fill free_fill_expected(bool zero, bool poisoning, const char *cmdline);

#endif
