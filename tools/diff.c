// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - khimage diff: what differs between the memory in two images */
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "khimage.h"
#include "pages.h"

#define RANGES_SHOWN 20u

static void print_text(const struct comparison *c)
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
					       class_names[a], class_names[b],
					       (ull)c->pages[o][a][b],
					       c->pages[o][a][b] / 256.0);
	}
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

static void print_json(const struct comparison *c, const struct image *img)
{
	static const char *const names[OUTCOMES] = {
		"equal", "differing", "only_first", "only_second", "neither",
	};
	struct json j = { .out = stdout };

	json_open(&j, NULL, '{');
	for (int i = 0; i < 2; i++) {
		json_open(&j, i ? "second" : "first", '{');
		json_text(&j, "device", img[i].target.name);
		json_id(&j, "session", img[i].head.session);
		json_number(&j, "time", img[i].head.time);
		json_close(&j, '}');
	}
	json_open(&j, "pages", '{');
	for (int o = 0; o < OUTCOMES; o++)
		json_number(&j, names[o], c->sum[o]);
	json_close(&j, '}');
	json_open(&j, "classes", '[');
	for (unsigned int i = 0; i < OUTCOMES * (NO_RAM + 1) * (NO_RAM + 1); i++) {
		unsigned int b = i % (NO_RAM + 1), a = i / (NO_RAM + 1) % (NO_RAM + 1);
		unsigned int o = i / (NO_RAM + 1) / (NO_RAM + 1);

		if (!c->pages[o][a][b])
			continue;
		json_open(&j, NULL, '{');
		json_text(&j, "outcome", names[o]);
		json_text(&j, "first", class_names[a]);
		json_text(&j, "second", class_names[b]);
		json_number(&j, "pages", c->pages[o][a][b]);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_number(&j, "differing_ranges", c->nranges);
	json_open(&j, "ranges", '[');
	for (size_t i = 0; i < c->kept; i++) {
		json_open(&j, NULL, '{');
		json_number(&j, "start", c->ranges[i].pfn * IMAGE_BLOCK);
		json_number(&j, "pages", c->ranges[i].count);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

int diff_command(const struct arguments *a)
{
	struct image img[2] = { { .target.kind = NULL }, { .target.kind = NULL } };
	struct pages pages[2] = { { .img = NULL }, { .img = NULL } };
	struct comparison c = { .limit = a->options & ALL ? SIZE_MAX : RANGES_SHOWN };
	int ret = OK;

	for (int i = 0; i < 2 && !ret; i++) {
		ret = open_image(a->operands[i], &img[i]);
		if (!ret && pages_open(&pages[i], &img[i]) < 0)
			ret = FAILED;
	}
	if (!ret && compare(&c, &pages[0], &pages[1]) < 0)
		ret = FAILED;
	if (!ret && a->options & JSON)
		print_json(&c, img);
	else if (!ret)
		print_text(&c);
	if (!ret && (c.sum[DIFFERING] || c.sum[ONLY_FIRST] || c.sum[ONLY_SECOND]))
		ret = DIFFERENT;
	free(c.ranges);
	for (int i = 0; i < 2; i++) {
		pages_close(&pages[i]);
		image_close(&img[i]);
	}
	return ret;
}
