// SPDX-License-Identifier: GPL-2.0-only
/* show-targets.c - each configured target, for a person: what it holds, and whether it would do */
#include "../base/log.h"
#include "../targets/image.h"
#include "plan.h"

static void show_image(struct target *t, const struct image_head *h)
{
	struct image img;
	const struct image_tail *tail;

	printf("  holds  an image that is %s, %llu MiB\n", state_name(h->state),
	       (ull)(h->tail_offset + h->tail_length) >> 20);
	if (image_open(&img, t, IMAGE_LOOK) == 0) {
		tail = img.tail.tail;
		printf("  rate   %llu MiB/s at the last save, to %llu %% of %llu MiB\n",
		       (ull)(h->tail_offset / 1049 / (tail->save_ms ? tail->save_ms : 1)),
		       (ull)(h->tail_offset * 100 / (tail->saved_pages * IMAGE_BLOCK + 1)),
		       (ull)tail->saved_pages * IMAGE_BLOCK >> 20);
	}
	image_close_tail(&img);
}

static void show_contents(const struct target_spec *spec)
{
	struct target t = { .kind = NULL };
	struct image_head head;
	char why[WHY_SIZE], place[TARGET_PLACE];

	if (target_find(spec, false, 0, &t) < 0) {
		printf("  holds  not known: %s\n", log_last_failure());
		return;
	}
	target_place(&t, place);
	printf("  place  %s\n", place);
	if (target_read_head(&t, &head) < 0)
		printf("  holds  not known: %s\n", log_last_failure());
	else if (!head_has_magic(&head))
		printf("  holds  no image\n");
	else if (head_check(&head, why) < 0)
		printf("  holds  %s\n", why);
	else if (head.state == IMAGE_EMPTY || head.state == IMAGE_WRITING)
		printf("  holds  no image (%s)%s%s\n", state_name(head.state),
		       *head.reason ? ": " : "", head.reason);
	else
		show_image(&t, &head);
	target_close(&t);
}

int show_targets(struct plan *p)
{
	if (check_files(p) < 0)
		return -1;
	log_hush(true);
	for (int i = 0; i < p->conf.ntargets; i++) {
		const struct planned_target *t = &p->targets[p->ntargets];
		int found;

		printf("%s\n", p->conf.targets[i].text);
		found = check_target(p, i);
		if (found > 0)
			printf("  now    would do: room for %llu MiB, %llu MiB of memory are in "
			       "use\n", (ull)t->kib >> 10, (ull)used_kib() >> 10);
		else
			printf("  now    would not do: %s\n", log_last_failure());
		show_contents(&p->conf.targets[i].spec);
	}
	log_hush(false);
	return 0;
}
