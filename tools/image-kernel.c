// SPDX-License-Identifier: GPL-2.0-only
/* image-kernel.c - let linux/ see the memory in an image */
#include <stdlib.h>
#include <string.h>

#include "pages.h"

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

static int find_kernel(struct image_kernel *k)
{
	const struct page_run *run = k->p->runs, *end = run + k->p->nruns;

	for (; run < end; run++) {
		if (run->class != PAGE_SAVED)
			continue;
		for (uint64_t pfn = run->pfn; pfn < run_end(run); pfn++) {
			const uint8_t *page = pages_read(k->p, run, pfn);

			if (!page)
				return -1;
			k->known = kernel_known(&k->kernel, &k->mem, page, k->p->img->head.release);
			if (k->known || k->failed)
				return k->failed ? -1 : 0;
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

	*k = (struct image_kernel){ .p = p, .mem = { .read = image_read, .context = k } };
	x->ranges[0] = head->low;
	x->ranges[1] = head->window;
	x->entry = head->entry;
	x->room = exchanged_most(x, tail->ram, tail->tail->nram);
	x->pairs = calloc(x->room + 1, sizeof *x->pairs);
	if (!x->pairs)
		return fail("%s: list of %zu exchanged pages:", p->img->target.name, x->room);
	/* First, for the kernel's page tables may lie in pages that were exchanged. */
	if (exchanged_find(x, &k->mem, tail->ram, tail->tail->nram, k->no_exchanged) == 0)
		*k->no_exchanged = 0;
	drop_empty(x, p);
	k->mem.exchanged = x;
	return k->failed ? -1 : find_kernel(k);
}
