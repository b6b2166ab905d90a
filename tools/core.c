// SPDX-License-Identifier: GPL-2.0-only
/* core.c - lay out the headers of an ELF64 core, as the kernel's crash dumps have them */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

#define CPU_NOTE "CORE"
#define INFO_NOTE "VMCOREINFO"

/* sizeof(struct elf_prstatus) on x86_64. */
#define PRSTATUS_BYTES 336u

/* Name and contents of a note begin at multiples of 4. */
static size_t round4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static size_t note_size(const char *name, size_t len)
{
	return sizeof(Elf64_Nhdr) + round4(strlen(name) + 1) + round4(len);
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

static void put_file_head(uint8_t *p, size_t loads)
{
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_phoff = sizeof eh, .e_ehsize = sizeof eh,
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = loads + 1,
	};

	memcpy(p, &eh, sizeof eh);
}

void *core_headers(const struct core_load *loads, size_t n, const char *info, size_t info_len,
		   size_t *len)
{
	static const uint8_t idle[PRSTATUS_BYTES];	/* its registers are not known */
	size_t notes = sizeof(Elf64_Ehdr) + (n + 1) * sizeof(Elf64_Phdr);
	size_t size = note_size(CPU_NOTE, sizeof idle) +
		      (info_len ? note_size(INFO_NOTE, info_len) : 0);
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = notes, .p_filesz = size, .p_memsz = size };
	uint8_t *buf, *p;

	*len = (notes + size + IMAGE_BLOCK - 1) / IMAGE_BLOCK * IMAGE_BLOCK;
	buf = calloc(1, *len);
	if (!buf)
		return NULL;
	put_file_head(buf, n);
	p = buf + sizeof(Elf64_Ehdr);
	memcpy(p, &ph, sizeof ph);
	for (size_t i = 0; i < n; i++) {
		const struct core_load *l = &loads[i];

		p += sizeof ph;
		ph = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
				   .p_offset = *len + l->offset, .p_vaddr = l->vaddr, .p_paddr = l->paddr,
				   .p_filesz = l->bytes, .p_memsz = l->bytes };
		memcpy(p, &ph, sizeof ph);
	}
	p = put_note(buf + notes, CPU_NOTE, NT_PRSTATUS, idle, sizeof idle);
	if (info_len)
		put_note(p, INFO_NOTE, 0, info, info_len);
	return buf;
}
