// SPDX-License-Identifier: GPL-2.0-only
/* target.c - the kinds of targets; the head that an image on any of them has */
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/console.h"
#include "../base/io.h"
#include "../base/log.h"
#include "../base/machine.h"
#include "../image/head.h"
#include "target.h"

int id_draw(uint8_t id[16])
{
	int ret, fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail("open /dev/urandom:");
	ret = read(fd, id, 16) == 16 ? 0 : fail("read /dev/urandom:");
	close(fd);
	return ret;
}

static const struct target_kind *const kinds[] = { &target_part, &target_swap, &target_file,
						  &target_dev, &target_nbd };

#define KINDS (sizeof kinds / sizeof *kinds)

int target_parse(const char *text, struct target_spec *spec, char *why)
{
	size_t len = strcspn(text, ":"), known = 0;
	char names[64] = "";

	memset(spec, 0, sizeof *spec);
	for (size_t i = 0; i < KINDS && text[len]; i++)
		if (strlen(kinds[i]->name) == len && !memcmp(kinds[i]->name, text, len)) {
			spec->kind = kinds[i];
			return kinds[i]->parse(text + len + 1, spec, why);
		}
	for (size_t i = 0; i < KINDS; i++)
		known += snprintf(names + known, sizeof names - known, " %s:", kinds[i]->name);
	return refuse(why, "target %.60s: kind unknown, known are%s", text, names);
}

int target_find(const struct target_spec *spec, bool writable, unsigned int wait_ms,
		struct target *target)
{
	uint64_t end = now_ms() + wait_ms;
	char why[WHY_SIZE];
	int ret;

	while ((ret = spec->kind->open(spec, writable, target, why)) == TARGET_AWAY) {
		if (abandoned())
			return -1;
		if (now_ms() >= end)
			return wait_ms ? fail("target %s after %u s", why, wait_ms / 1000) :
					 fail("target %s", why);
		usleep(50 * 1000);
	}
	return ret;
}

void target_close(struct target *target)
{
	if (target->kind)
		target->kind->close(target);
	target->kind = NULL;
}

static void print_place(const struct target *t, const char *device, char place[TARGET_PLACE])
{
	int n = snprintf(place, TARGET_PLACE, "%s:%s", t->kind->name, device);

	if (t->offset)
		snprintf(place + n, TARGET_PLACE - n, "@%llu", (ull)t->offset);
	if (*t->file)
		snprintf(place + n, TARGET_PLACE - n, ":%s", t->file);
}

void target_place(const struct target *t, char place[TARGET_PLACE])
{
	print_place(t, t->name, place);
}

void target_place_by_id(const struct target *t, const uint8_t id[16], char place[TARGET_PLACE])
{
	char name[3 + 33] = "ID=";

	id_format(id, name + 3);
	/* A server's export has no other name. */
	print_place(t, t->kind->network ? t->name : name, place);
}

int target_readv(const struct target *target, struct iovec *iov, int n, uint64_t off)
{
	return target->kind->readv(target, iov, n, off);
}

int target_writev(const struct target *target, struct iovec *iov, int n, uint64_t off)
{
	return target->kind->writev(target, iov, n, off);
}

int target_read(const struct target *target, void *buf, size_t len, uint64_t off)
{
	struct iovec iov = { buf, len };

	return target_readv(target, &iov, 1, off);
}

int target_write(const struct target *target, const void *buf, size_t len, uint64_t off)
{
	struct iovec iov = { (void *)buf, len };

	return target_writev(target, &iov, 1, off);
}

int target_flush(const struct target *target)
{
	return target->kind->flush(target);
}

/* Direct I/O wants an aligned buffer; the callers' heads may stand anywhere. */
static uint8_t head_block[IMAGE_BLOCK] __attribute__((aligned(IMAGE_BLOCK)));

int target_read_head(const struct target *target, struct image_head *head)
{
	char why[WHY_SIZE];

	memset(head, 0, sizeof *head);
	if (target->disarmed && !target->size)
		return 0;
	if (target->size < IMAGE_BLOCK)
		return fail("read %s: it has %llu bytes, a head %u", target->name,
			    (ull)target->size, IMAGE_BLOCK);
	if (target_read(target, head_block, sizeof head_block, 0) < 0)
		return -1;
	memcpy(head, head_block, sizeof *head);
	/* What else it says of the last image still holds. */
	if (target->disarmed && (head_check(head, why) < 0 || state_is_live(head->state)))
		memset(head, 0, sizeof *head);
	return 0;
}

int target_check_id(const struct target *t, const uint8_t id[16])
{
	struct image_head head;

	if (target_read_head(t, &head) < 0)
		return -1;
	if (head_has_magic(&head) && !memcmp(head.target_id, id, sizeof head.target_id))
		return 0;
	return fail("%s: holds no image, or that of id %02x%02x..., %02x%02x... was expected",
		    t->name, head.target_id[0], head.target_id[1], id[0], id[1]);
}

int target_write_head(const struct target *target, struct image_head *head)
{
	head_seal(head);
	memcpy(head_block, head, sizeof head_block);
	if (target_write(target, head_block, sizeof head_block, 0) < 0)
		return -1;
	if (target_flush(target) < 0)
		return -1;
	return !target->kind->announce ? 0 :
	       target->kind->announce(target, state_is_live(head->state));
}

#define BLANK_BYTES (1u << 20)	/* the superblocks of all common file systems lie in it */

/* Is the start of the target all zero?  -1: said. */
static int blank(const struct target *t)
{
	char *p = alloc_pages(BLANK_BYTES);
	size_t len = t->size < BLANK_BYTES ? t->size : BLANK_BYTES;
	int ret = -1;

	if (p && !target_read(t, p, len, 0))
		ret = !*p && !memcmp(p, p + 1, len - 1);
	free_pages(p, BLANK_BYTES);
	return ret;
}

int target_may_format(const struct target *t, const struct image_head *h)
{
	char why[WHY_SIZE];
	int b;

	if (head_foreign(h) && state_is_live(h->state))
		return fail("%s: holds an image of format version %u, this program knows %u: "
			    "discard it, or use --force", t->name, h->version, IMAGE_VERSION);
	if (head_foreign(h))
		return 0;
	if (head_has_magic(h)) {
		if (head_check(h, why) < 0)
			return fail("%s: %s: --force overwrites it", t->name, why);
		if (head_resumable(h, false, why) == 0)
			return fail("%s: holds an image that is %s: resume it, discard it, or use "
				    "--force", t->name, state_name(h->state));
		return 0;
	}
	b = blank(t);
	if (b == 0)
		return fail("%s: its first MiB is not blank and holds no image: --force "
			    "overwrites it", t->name);
	return b < 0 ? -1 : 0;
}
