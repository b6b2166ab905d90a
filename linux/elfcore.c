// SPDX-License-Identifier: GPL-2.0-only
/* elfcore.c - parse the headers of an ELF64 core; every value in them is hostile */
#include <elf.h>
#include <string.h>

#include "../image/refuse.h"
#include "elfcore.h"

typedef unsigned long long ull;

static int load_check(const Elf64_Phdr *ph, uint64_t size, int i, char *why)
{
	if (ph->p_filesz > size || ph->p_offset > size - ph->p_filesz)
		return refuse(why, "ELF core: load %d has %llu bytes at %llu, the file has %llu", i,
			      (ull)ph->p_filesz, (ull)ph->p_offset, (ull)size);
	if (ph->p_filesz / IMAGE_BLOCK >= IMAGE_MAX_PFN ||
	    ph->p_paddr / IMAGE_BLOCK >= IMAGE_MAX_PFN - ph->p_filesz / IMAGE_BLOCK)
		return refuse(why, "ELF core: load %d has %#llx bytes of address %#llx", i,
			      (ull)ph->p_filesz, (ull)ph->p_paddr);
	return 0;
}

static int header_check(const void *headers, size_t len, Elf64_Ehdr *eh, char *why)
{
	if (len < sizeof *eh)
		return refuse(why, "ELF core: %zu bytes, its header alone has %zu", len, sizeof *eh);
	memcpy(eh, headers, sizeof *eh);
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_type != ET_CORE)
		return refuse(why, "no ELF64 core: class %d, type %d", eh->e_ident[EI_CLASS], eh->e_type);
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phoff > len ||
	    eh->e_phnum > (len - eh->e_phoff) / sizeof(Elf64_Phdr))
		return refuse(why, "ELF core: %u program headers of %u bytes at %llu, %zu bytes are read",
			      eh->e_phnum, eh->e_phentsize, (ull)eh->e_phoff, len);
	return 0;
}

static Elf64_Phdr program_header(const void *headers, const Elf64_Ehdr *eh, int i)
{
	Elf64_Phdr ph;

	memcpy(&ph, (const char *)headers + eh->e_phoff + i * sizeof ph, sizeof ph);
	return ph;
}

int elf_notes(const void *headers, size_t len, uint64_t size, struct elf_part *notes, char *why)
{
	Elf64_Ehdr eh;

	if (header_check(headers, len, &eh, why) < 0)
		return -1;
	for (int i = 0; i < eh.e_phnum; i++) {
		const Elf64_Phdr ph = program_header(headers, &eh, i);

		if (ph.p_type != PT_NOTE)
			continue;
		if (ph.p_filesz > size || ph.p_offset > size - ph.p_filesz)
			return refuse(why, "ELF core: notes of %llu bytes at %llu, the file has %llu",
				      (ull)ph.p_filesz, (ull)ph.p_offset, (ull)size);
		*notes = (struct elf_part){ ph.p_offset, ph.p_filesz };
		return 0;
	}
	return refuse(why, "ELF core: %u program headers, none is of notes", eh.e_phnum);
}

int elf_loads(const void *headers, size_t len, uint64_t size,
	      struct elf_load *loads, int max, char *why)
{
	Elf64_Ehdr eh;
	int n = 0;

	if (header_check(headers, len, &eh, why) < 0)
		return -1;
	for (int i = 0; i < eh.e_phnum; i++) {
		const Elf64_Phdr ph = program_header(headers, &eh, i);
		uint64_t skip, pages;

		if (ph.p_type != PT_LOAD || !ph.p_filesz)
			continue;
		if (load_check(&ph, size, i, why) < 0)
			return -1;
		/* A page that is RAM in part is no kernel's: count whole ones alone. */
		skip = (IMAGE_BLOCK - ph.p_paddr % IMAGE_BLOCK) % IMAGE_BLOCK;
		pages = ph.p_filesz < skip ? 0 : (ph.p_filesz - skip) / IMAGE_BLOCK;
		if (!pages)
			continue;
		if (n == max)
			return refuse(why, "ELF core: more than %d loads", max);
		/* Direct I/O and mmap() want it so, and /proc/vmcore has it so. */
		if ((ph.p_offset + skip) % IMAGE_BLOCK)
			return refuse(why, "ELF core: load %d stands at %#llx, its pages not on pages of the file",
				      i, (ull)ph.p_offset);
		loads[n].pfn = (ph.p_paddr + skip) / IMAGE_BLOCK;
		loads[n].pages = pages;
		loads[n++].offset = ph.p_offset + skip;
	}
	if (!n)
		return refuse(why, "ELF core: %u program headers, none is a load", eh.e_phnum);
	return n;
}
