// SPDX-License-Identifier: GPL-2.0-only
/* image-kernel.c - let linux/ see the memory in an image */
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "image-kernel.h"

static int image_read(struct amem *mem, uint64_t phys, void *buf, size_t len, char *why)
{
	struct image_kernel *k = mem->context;
	const uint8_t *page;

	/* A failure is said once. */
	k->failed = k->failed || pages_at(k->p, phys / IMAGE_BLOCK, &page) < 0;
	if (k->failed)
		return refuse(why, "pfn %#llx cannot be read", (ull)(phys / IMAGE_BLOCK));
	if (!page)
		return refuse(why, "pfn %#llx is not in the image", (ull)(phys / IMAGE_BLOCK));
	memcpy(buf, page + phys % IMAGE_BLOCK, len);
	return 0;
}

/* 1 if the kernel was found, 0 if not, -1 and said. */
static int find_kernel(struct image_kernel *k)
{
	struct pages *p = k->p;

	for (size_t r = 0; r < p->nruns; r++) {
		const struct page_run *run = &p->runs[r];

		if (run->class != PAGE_SAVED)
			continue;
		for (uint64_t pfn = run->pfn; pfn < run_end(run); pfn++) {
			const uint8_t *page = pages_read(p, run, pfn);

			if (!page)
				return -1;
			if (kernel_known(&k->kernel, &k->mem, page, p->img->head.release))
				return 1;
			if (k->failed)
				return -1;
		}
	}
	return 0;
}

/* A page that was free has no contents in the image, nor has one that was kexec's own. */
static void drop_empty(struct exchanged *x, const struct pages *p)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct page_run *run = pages_find(p, x->pairs[i].source);

		if (run && has_contents(run->class))
			x->pairs[n++] = x->pairs[i];
	}
	x->n = n;
}

int image_kernel_find(struct image_kernel *k, struct pages *p)
{
	const struct image_head *head = &p->img->head;
	const struct tail_view *tail = &p->img->tail;
	struct exchanged *x = &k->exchanged;
	int found;

	*k = (struct image_kernel){ .p = p };
	k->mem.read = image_read;
	k->mem.context = k;
	exchanged_start(x, (struct ram_range){ head->low_start, head->low_end },
			(struct ram_range){ head->window_start, head->window_end }, head->entry);
	x->room = exchanged_most(x, tail->ram, tail->tail->nram);
	x->pairs = calloc(x->room + 1, sizeof *x->pairs);
	if (!x->pairs)
		return fail("%s: list of %zu exchanged pages:", p->img->target.name, x->room);
	/* First, for the kernel's page tables may lie in pages that were exchanged. */
	if (exchanged_find(x, &k->mem, tail->ram, tail->tail->nram, k->no_exchanged) == 0)
		*k->no_exchanged = 0;
	drop_empty(x, p);
	k->mem.exchanged = x;
	found = k->failed ? -1 : find_kernel(k);
	k->known = found > 0;
	return found < 0 || k->failed ? -1 : 0;
}

void image_kernel_end(struct image_kernel *k)
{
	free(k->exchanged.pairs);
	k->exchanged.pairs = NULL;
}

