// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - khimage diff: what differs between the memory in two images */
#include <stdio.h>
#include <stdlib.h>

#include "../image/refuse.h"
#include "compare.h"
#include "info.h"
#include "json.h"
#include "khimage.h"
#include "open.h"

#define RANGES_SHOWN 20u

struct diff {
	struct image img[2];
	struct pages pages[2];
	struct comparison found;
};

static const char *place_name(unsigned int class)
{
	return class == NO_RAM ? "no RAM" : class_name(class);
}

static void print_sums(const struct comparison *c)
{
	static const char *const names[OUTCOMES] = {
		"equal", "differing", "only in the first", "only in the second", "in neither",
	};

	printf("%-36s%12s %10s\n", "pages", "number", "MiB");
	for (int o = 0; o < OUTCOMES; o++) {
		printf("%-36s%12llu %10.1f\n", names[o], (ull)c->sum[o], c->sum[o] / 256.0);
		for (unsigned int a = 0; a <= NO_RAM; a++)
			for (unsigned int b = 0; b <= NO_RAM; b++)
				if (c->pages[o][a][b])
					printf("  %-10s then %-10s         %14llu %10.1f\n",
					       place_name(a), place_name(b), (ull)c->pages[o][a][b],
					       c->pages[o][a][b] / 256.0);
	}
}

static void print_ranges(const struct comparison *c)
{
	if (c->kept)
		printf("\ndiffering\n");
	for (size_t i = 0; i < c->kept; i++) {
		uint64_t start = c->ranges[i].pfn * IMAGE_BLOCK, pages = c->ranges[i].count;

		printf("  0x%llx-0x%llx, %llu page%s\n", (ull)start,
		       (ull)(start + pages * IMAGE_BLOCK - 1), (ull)pages, pages == 1 ? "" : "s");
	}
	if (c->kept < c->nranges)
		printf("  and %zu more ranges: --all lists them\n", c->nranges - c->kept);
}

static void image_field(struct json *j, const char *key, const struct image *img)
{
	char session[33];

	id_format(img->head.session, session);
	json_object(j, key);
	json_text(j, "device", img->target.name);
	json_text(j, "session", session);
	json_number(j, "time", img->head.time);
	json_object_end(j);
}

static void print_json(const struct diff *d)
{
	static const char *const names[OUTCOMES] = {
		"equal", "differing", "only_first", "only_second", "neither",
	};
	const struct comparison *c = &d->found;
	struct json j = { .out = stdout };

	json_object(&j, NULL);
	image_field(&j, "first", &d->img[0]);
	image_field(&j, "second", &d->img[1]);
	json_object(&j, "pages");
	for (int o = 0; o < OUTCOMES; o++)
		json_number(&j, names[o], c->sum[o]);
	json_object_end(&j);
	json_array(&j, "classes");
	for (unsigned int i = 0; i < OUTCOMES * (NO_RAM + 1) * (NO_RAM + 1); i++) {
		unsigned int b = i % (NO_RAM + 1), a = i / (NO_RAM + 1) % (NO_RAM + 1);
		unsigned int o = i / (NO_RAM + 1) / (NO_RAM + 1);

		if (!c->pages[o][a][b])
			continue;
		json_object(&j, NULL);
		json_text(&j, "outcome", names[o]);
		json_text(&j, "first", place_name(a));
		json_text(&j, "second", place_name(b));
		json_number(&j, "pages", c->pages[o][a][b]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_number(&j, "differing_ranges", c->nranges);
	json_array(&j, "ranges");
	for (size_t i = 0; i < c->kept; i++) {
		json_object(&j, NULL);
		json_number(&j, "start", c->ranges[i].pfn * IMAGE_BLOCK);
		json_number(&j, "pages", c->ranges[i].count);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
}

static int diff(struct diff *d, char **names, bool json)
{
	const uint64_t *sum = d->found.sum;

	for (int i = 0; i < 2; i++) {
		int ret = open_image(names[i], &d->img[i]);

		if (ret)
			return ret;
	}
	for (int i = 0; i < 2; i++)
		if (pages_open(&d->pages[i], &d->img[i]) < 0)
			return FAILED;
	if (compare(&d->found, &d->pages[0], &d->pages[1]) < 0)
		return FAILED;
	if (json) {
		print_json(d);
	} else {
		print_sums(&d->found);
		print_ranges(&d->found);
	}
	return sum[DIFFERING] || sum[ONLY_FIRST] || sum[ONLY_SECOND] ? DIFFERENT : OK;
}

int diff_command(int argc, char **argv)
{
	static struct diff d = {
		.img = { { .target = { .fd = -1 } }, { .target = { .fd = -1 } } },
		.found = { .limit = RANGES_SHOWN },
	};
	bool json = take_option(&argc, &argv, "--json");
	int ret;

	if (take_option(&argc, &argv, "--all"))
		d.found.limit = SIZE_MAX;
	if (argc != 2)
		return USAGE;
	ret = diff(&d, argv, json);
	free(d.found.ranges);
	for (int i = 0; i < 2; i++) {
		pages_close(&d.pages[i]);
		image_close(&d.img[i]);
	}
	return ret;
}
