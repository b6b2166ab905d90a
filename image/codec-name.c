// SPDX-License-Identifier: GPL-2.0-only
/* codec-name.c - the names alone: a program that only reads heads gets no codec linked in */
#include "codec.h"

const char *codec_name(uint32_t id)
{
	static const char *const names[] = { "none", "lz4", "zstd" };

	return id < sizeof names / sizeof *names ? names[id] : NULL;
}
