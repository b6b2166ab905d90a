// SPDX-License-Identifier: GPL-2.0-only
/* elfcore.c - parse the headers of an ELF64 core, of which every value is hostile, and make them */
#include <elf.h>
#include <string.h>

#include "../image/refuse.h"
#include "elfcore.h"

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
		return refuse(why, "ELF core: %zu bytes, its header alone has %zu", len,
			      sizeof *eh);
	memcpy(eh, headers, sizeof *eh);
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_type != ET_CORE)
		return refuse(why, "no ELF64 core: class %d, type %d", eh->e_ident[EI_CLASS],
			      eh->e_type);
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phoff > len ||
	    eh->e_phnum > (len - eh->e_phoff) / sizeof(Elf64_Phdr))
		return refuse(why, "ELF core: %u program headers of %u bytes at %llu, "
			      "%zu bytes are read",
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
			return refuse(why, "ELF core: notes of %llu bytes at %llu, "
				      "the file has %llu",
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
			return refuse(why, "ELF core: load %d stands at %#llx, "
				      "its pages not on pages of the file",
				      i, (ull)ph.p_offset);
		loads[n].pfn = (ph.p_paddr + skip) / IMAGE_BLOCK;
		loads[n].pages = pages;
		loads[n++].offset = ph.p_offset + skip;
	}
	if (!n)
		return refuse(why, "ELF core: %u program headers, none is a load", eh.e_phnum);
	return n;
}

#define CPU_NOTE	"CORE"
#define INFO_NOTE	"VMCOREINFO"
#define CPU_NOTE_TYPE	1u	/* NT_PRSTATUS, which klibc does not have */
#define PRSTATUS_BYTES	336u	/* sizeof(struct elf_prstatus) on x86_64 */

/* Name and contents of a note begin at multiples of 4. */
static size_t round4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static size_t note_size(const char *name, size_t len)
{
	return sizeof(Elf64_Nhdr) + round4(strlen(name) + 1) + round4(len);
}

static size_t notes_size(size_t info_len)
{
	return note_size(CPU_NOTE, PRSTATUS_BYTES) +
	       (info_len ? note_size(INFO_NOTE, info_len) : 0);
}

/* All is zero behind p.  Returns the end of the note. */
static uint8_t *put_note(uint8_t *p, const char *name, uint32_t type, const void *data, size_t len)
{
	Elf64_Nhdr head = { .n_namesz = strlen(name) + 1, .n_descsz = len, .n_type = type };

	memcpy(p, &head, sizeof head);
	memcpy(p + sizeof head, name, head.n_namesz);
	memcpy(p + sizeof head + round4(head.n_namesz), data, len);
	return p + note_size(name, len);
}

size_t elf_core_size(size_t n, size_t info_len)
{
	size_t size = sizeof(Elf64_Ehdr) + (n + 1) * sizeof(Elf64_Phdr) + notes_size(info_len);

	return (size + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
}

void elf_core_make(uint8_t *buf, const struct elf_piece *pieces, size_t n, const char *info,
		   size_t info_len)
{
	static const uint8_t idle[PRSTATUS_BYTES];	/* its registers are not known */
	size_t notes = sizeof(Elf64_Ehdr) + (n + 1) * sizeof(Elf64_Phdr);
	size_t size = notes_size(info_len);
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_phoff = sizeof eh, .e_ehsize = sizeof eh,
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = n + 1,
	};
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = notes, .p_filesz = size, .p_memsz = size };
	uint8_t *p = buf + sizeof eh;

	memcpy(buf, &eh, sizeof eh);
	memcpy(p, &ph, sizeof ph);
	for (size_t i = 0; i < n; i++) {
		const struct elf_piece *l = &pieces[i];

		p += sizeof ph;
		ph = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
				   .p_offset = elf_core_size(n, info_len) + l->offset,
				   .p_vaddr = l->vaddr, .p_paddr = l->paddr,
				   .p_filesz = l->bytes, .p_memsz = l->bytes };
		memcpy(p, &ph, sizeof ph);
	}
	p = put_note(buf + notes, CPU_NOTE, CPU_NOTE_TYPE, idle, sizeof idle);
	if (info_len)
		put_note(p, INFO_NOTE, 0, info, info_len);
}
