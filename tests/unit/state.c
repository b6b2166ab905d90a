// SPDX-License-Identifier: GPL-2.0-only
/* state.c - an image goes from state to state along the arrows of the diagram, and no others */
#include "../../image/head.h"
#include "unit.h"

enum step { WRITE, ARM, EMPTIED, ATTEMPT, USED, JUMP_FAILED, FAILED, STEPS };

static int take(enum step step, struct image_head *h, char *why)
{
	switch (step) {
	case WRITE:
		return state_write(h, why);
	case ARM:
		return state_arm(h, why);
	case EMPTIED:
		return state_emptied(h, "no room", why);
	case ATTEMPT:
		return state_attempt(h, why);
	case USED:
		return state_used(h, 5000, why);
	case JUMP_FAILED:
		return state_jump_failed(h, why);
	default:
		return state_failed(h, "it is bad", 6000, why);
	}
}

/* What each step makes of each state; 0: it refuses. */
static const enum image_state diagram[STEPS][IMAGE_FAILED + 1] = {
	[WRITE] = { [IMAGE_EMPTY] = IMAGE_WRITING, [IMAGE_WRITING] = IMAGE_WRITING,
		    [IMAGE_USED] = IMAGE_WRITING, [IMAGE_FAILED] = IMAGE_WRITING },
	[ARM] = { [IMAGE_WRITING] = IMAGE_ARMED },
	[EMPTIED] = { [IMAGE_WRITING] = IMAGE_EMPTY, [IMAGE_ARMED] = IMAGE_EMPTY },
	[ATTEMPT] = { [IMAGE_ARMED] = IMAGE_RESUMING, [IMAGE_RESUMING] = IMAGE_RESUMING },
	[USED] = { [IMAGE_RESUMING] = IMAGE_USED },
	[JUMP_FAILED] = { [IMAGE_USED] = IMAGE_RESUMING },
	[FAILED] = { [IMAGE_ARMED] = IMAGE_FAILED, [IMAGE_RESUMING] = IMAGE_FAILED },
};

static void test_diagram(void **state)
{
	char why[WHY_SIZE];

	(void)state;
	for (enum step step = 0; step < STEPS; step++)
		for (enum image_state from = IMAGE_EMPTY; from <= IMAGE_FAILED; from++) {
			struct image_head h = sample_head(from), before = h;
			int ret = take(step, &h, why);

			if (ret != (diagram[step][from] ? 0 : -1) ||
			    (!ret && h.state != diagram[step][from]))
				fail_msg("step %u: from %u to %u, returns %d", step, from, h.state,
					 ret);
			if (ret < 0)
				assert_memory_equal(&h, &before, sizeof h);
			assert_memory_equal(h.target_id, before.target_id, 16);
			head_seal(&h);
			assert_passes(head_check(&h, why), why);
		}
}

static void test_refusals(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE];

	(void)state;
	assert_refused(state_write(&h, why), why,
		       "holds an image that is armed, an empty target was expected");
	assert_refused(state_arm(&h, why), why, "image is armed: it cannot become armed");
	assert_refused(state_used(&h, 1, why), why, "image is armed: it cannot become used");
	assert_refused(state_jump_failed(&h, why), why,
		       "image is armed: it cannot become resuming");
	h.state = IMAGE_USED;
	assert_refused(state_failed(&h, "", 1, why), why, "image is used: it cannot become failed");
	assert_refused(state_emptied(&h, "", why), why, "image is used: it cannot become empty");
	assert_refused(state_attempt(&h, why), why, "image is used: it was resumed before");
}

/* Power cuts in two resumes use up the attempts; so do two jumps that come back. */
static void test_attempts(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE];

	(void)state;
	h.attempts = 0;
	for (uint32_t n = 1; n <= HEAD_ATTEMPTS; n++) {
		assert_refused(state_write(&h, why), why, "holds an image that is %s, "
			       "an empty target was expected", state_name(h.state));
		assert_passes(state_attempt(&h, why), why);
		assert_int_equal(h.attempts, n);
		assert_passes(state_used(&h, 77, why), why);
		assert_int_equal(h.ended, 77);
		assert_passes(state_jump_failed(&h, why), why);
		assert_int_equal(h.ended, 0);
		assert_int_equal(h.attempts, n);
	}
	assert_refused(state_attempt(&h, why), why, "image was tried 2 times, at most 2 are made");
	assert_passes(state_write(&h, why), why);
	assert_int_equal(h.attempts, 0);
}

/* Writing, giving up and formatting leave the id alone. */
static void test_cleared(void **state)
{
	struct image_head h = sample_head(IMAGE_USED), wanted = { .state = IMAGE_WRITING };
	uint8_t id[16] = "a drawn id";
	char why[WHY_SIZE];

	(void)state;
	memcpy(wanted.target_id, h.target_id, 16);
	assert_passes(state_write(&h, why), why);
	assert_memory_equal(&h, &wanted, sizeof h);
	h.codec = 2;
	assert_passes(state_emptied(&h, "no room", why), why);
	wanted.state = IMAGE_EMPTY;
	strcpy(wanted.reason, "no room");
	assert_memory_equal(&h, &wanted, sizeof h);
	state_format(&h, id);
	memset(wanted.reason, 0, sizeof wanted.reason);
	memcpy(wanted.target_id, id, 16);
	assert_memory_equal(&h, &wanted, sizeof h);
}

/*
 * A reason may be the message of a foreign program, or of a disk: the head stays one that is read.
 */
static void test_reasons(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED);
	char why[WHY_SIZE], longest[300];

	(void)state;
	h.told = 1;
	memset(h.reason, 'o', sizeof h.reason - 1);
	assert_passes(state_failed(&h, "caf\xc3\xa9\n\x7f", 42, why), why);
	assert_string_equal(h.reason, "caf????");
	assert_int_equal(h.reason[sizeof h.reason - 2], 0);
	assert_int_equal(h.told, 0);
	assert_int_equal(h.ended, 42);
	h.told = 1;
	assert_int_equal(h.told, 1);
	memset(longest, 0xff, sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	h = sample_head(IMAGE_WRITING);
	assert_passes(state_emptied(&h, longest, why), why);
	assert_int_equal(strspn(h.reason, "?"), sizeof h.reason - 1);
	head_seal(&h);
	assert_passes(head_check(&h, why), why);
}

/* The places that never change are enough to set aside what this program cannot read. */
static void test_foreign(void **state)
{
	struct image_head h = sample_head(IMAGE_ARMED), before;
	char why[WHY_SIZE];

	(void)state;
	assert_int_equal(offsetof(struct image_head, magic), 0);
	assert_int_equal(offsetof(struct image_head, version), 8);
	assert_int_equal(offsetof(struct image_head, state), 12);
	assert_int_equal(offsetof(struct image_head, target_id), 16);
	assert_int_equal(offsetof(struct image_head, sum), 4088);
	assert_false(head_foreign(&h));
	h.version = IMAGE_VERSION + 1;
	assert_false(head_foreign(&h));		/* its sum is wrong: it is damaged */
	head_seal(&h);
	assert_true(head_foreign(&h));
	assert_refused(head_check(&h, why), why, "head: format version %u, this program knows %u",
		       IMAGE_VERSION + 1, IMAGE_VERSION);
	before = h;
	assert_passes(state_failed(&h, "a boot went past it", 1, why), why);
	head_seal(&h);
	assert_true(head_foreign(&h));
	assert_int_equal(h.state, IMAGE_FAILED);
	before.state = IMAGE_FAILED;
	before.sum = h.sum;
	assert_memory_equal(&h, &before, sizeof h);
	assert_refused(state_failed(&h, "", 1, why), why,
		       "image is failed: it cannot become failed");
}

int state_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diagram),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_cleared),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
