// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-session.c - the session file, as B reads it */
#include <stdlib.h>
#include <string.h>

#include "../../image/refuse.h"
#include "../../initramfs/session.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session *s;
	char why[WHY_SIZE], *text;

	if (size >= SESSION_SIZE)	/* more is not read */
		return 0;
	s = malloc(sizeof *s);
	must(s);
	text = text_of(data, size);
	memset(why, 'x', sizeof why);
	if (session_parse(text, s, why) < 0) {
		must(memchr(why, 0, sizeof why));
	} else {
		must(s->ntargets > 0 && s->ram_pages && s->ram_pages <= IMAGE_MAX_PFN);
		must(s->window.start < s->window.end &&
		     s->window.end / IMAGE_BLOCK <= IMAGE_MAX_PFN);
		must(s->codec_auto ? !s->codec
				   : s->codec && s->codec_level >= s->codec->min_level &&
					     s->codec_level <= s->codec->max_level);
	}
	/* Also what stands above a mistake is used: to tell A of it. */
	must(s->ntargets >= 0 && s->ntargets <= SESSION_TARGETS);
	must(s->mailbox % IMAGE_BLOCK == 0 && s->mailbox / IMAGE_BLOCK < IMAGE_MAX_PFN);
	must(memchr(s->release, 0, sizeof s->release));
	for (int i = 0; i < s->ntargets; i++)
		must(s->targets[i].has_id && memchr(s->targets[i].path, 0, TARGET_NAME));
	free(text);
	free(s);
	return 0;
}
