// SPDX-License-Identifier: GPL-2.0-only
/* main.c - run all groups of unit tests; the status says whether one failed */
#include "unit.h"

int main(void)
{
	static int (*const groups[])(void) = {
		codec_tests,
		codec_trips_tests,
		page_tests,
		ram_tests,
		cpu_tests,
		head_tests,
		head_place_tests,
		state_tests,
		chunk_add_tests,
		chunk_tests,
		tail_tests,
		tail_limits_tests,
		cover_tests,
		whole_tests,
		mode_tests,
		target_tests,
		swap_tests,
		nbd_tests,
		net_tests,
		session_tests,
		elfcore_tests,
		garbage_tests,
		garbage_text_tests,
		disk_tests,
		overwrite_tests,
		counts_tests,
		damage_tests,
		resume_tests,
		free_fill_tests,
		pagebits_tests,
		vmcoreinfo_tests,
		amem_tests,
		freepages_tests,
		exchanged_tests,
		json_tests,
		memmap_tests,
		elfcore_make_tests,
		pages_tests,
		kernel_tests,
		fsprobe_tests,
		guard_tests,
		io_tests,
		workers_tests,
		helper_cmdline_tests,
		uses_tests,
		plan_tests,
		jump_tests,
	};
	int failed = 0;

	log_to_stderr("unit");
	for (size_t i = 0; i < COUNT(groups); i++)
		failed += groups[i]() != 0;
	printf("%zu groups, %d failed\n", COUNT(groups), failed);
	return failed != 0;
}
