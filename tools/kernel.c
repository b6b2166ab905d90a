// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - find the kernel in an image by what it says of itself, and by its page tables */
#include <string.h>

#include "kernel.h"

#define TEXT_ALIGN (2ull << 20)
#define IMAGE_SIZE (1ull << 30)	/* the most that KERNEL_IMAGE_SIZE can be */

uint64_t kernel_phys(const struct kernel *k, uint64_t va)
{
	return va - START_KERNEL_MAP + k->phys_base;
}

/* A stale text of an earlier boot names tables that are no more. */
static bool believe(struct kernel *k)
{
	uint64_t stext, root, levels5, image_size;

	if (!vmcoreinfo_hex(&k->info, "SYMBOL(_stext)", &stext) ||
	    !vmcoreinfo_hex(&k->info, "SYMBOL(swapper_pg_dir)", &root) ||
	    !vmcoreinfo_hex(&k->info, "KERNELOFFSET", &k->offset) ||
	    !vmcoreinfo_number(&k->info, "NUMBER(phys_base)", &k->phys_base) ||
	    !vmcoreinfo_number(&k->info, "NUMBER(pgtable_l5_enabled)", &levels5))
		return false;
	if (!vmcoreinfo_number(&k->info, "NUMBER(KERNEL_IMAGE_SIZE)", &image_size) ||
	    image_size > IMAGE_SIZE)
		image_size = IMAGE_SIZE;
	k->paging.root = kernel_phys(k, root);
	k->paging.levels = levels5 ? 5 : 4;
	k->text = stext & ~(TEXT_ALIGN - 1);
	if (stext < START_KERNEL_MAP || root < START_KERNEL_MAP ||
	    paging_denies(&k->paging, stext, kernel_phys(k, stext)) ||
	    !paging_direct_map(&k->paging, &k->page_offset) ||
	    paging_denies(&k->paging, k->page_offset + kernel_phys(k, stext), kernel_phys(k, stext)))
		return false;
	if (image_size > -k->text)
		image_size = -k->text;
	k->text_bytes = paging_extent(&k->paging, k->text, kernel_phys(k, k->text), image_size);
	return k->text_bytes > 0;
}

int kernel_find(struct kernel *k, struct pages *p)
{
	const char *release = p->img->head.release;

	memset(k, 0, sizeof *k);
	k->paging.p = p;
	for (size_t r = 0; r < p->nruns; r++) {
		const struct page_run *run = &p->runs[r];

		for (uint32_t i = 0; run->class == PAGE_SAVED && i < run->count; i++) {
			const uint8_t *page = pages_read(p, run, i);

			if (!page)
				return -1;
			if (vmcoreinfo_read(&k->info, page, release) && believe(k))
				return 1;
			if (p->img->verdict == SET_ASIDE)
				return -1;
		}
	}
	return 0;
}

bool kernel_read(const struct kernel *k, uint64_t va, void *to, size_t len)
{
	uint64_t at = va % IMAGE_BLOCK;
	bool text = va >= k->text && va - k->text < k->text_bytes;
	uint64_t pa = text ? kernel_phys(k, va) : va - k->page_offset;
	const uint8_t *page;

	if (len > IMAGE_BLOCK - at || pages_at(k->paging.p, pa / IMAGE_BLOCK, &page) < 0 || !page)
		return false;
	memcpy(to, page + at, len);
	return true;
}

/* It does if it has our patch "vmcore_info: tell where the list of kexec's pages is". */
bool kernel_kexec_list(const struct kernel *k, uint64_t *entry)
{
	uint64_t symbol, head, image;

	return vmcoreinfo_hex(&k->info, "SYMBOL(kexec_image)", &symbol) &&
	       vmcoreinfo_number(&k->info, "OFFSET(kimage.head)", &head) &&
	       kernel_read(k, symbol, &image, sizeof image) &&
	       kernel_read(k, image + head, entry, sizeof *entry);
}
