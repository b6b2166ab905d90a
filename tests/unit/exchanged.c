// SPDX-License-Identifier: GPL-2.0-only
/*
 * exchanged.c - kexec's list of pages: where it begins, what it must not say, and that then no
 * source is left out
 */
#include "sleeper.h"

static struct sleeper s;
static struct freepages found;

static int begin(void **state)
{
	(void)state;
	sleeper_begin(&s, LIKE_6_12, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sleeper_end(&s);
	return 0;
}

static void find(uint64_t sources)
{
	char why[WHY_SIZE];

	assert_passes(sleeper_search(&s, &found, why), why);
	assert_int_equal(found.sources, sources);
	assert_int_equal(found.map.set, 0x101 + sources);
	assert_int_equal(s.exchanged.n != 0, !*found.no_sources);
}

/* The list with one entry changed is not believed: only the sources are saved. */
#define assert_doubt(entry, value, ...) do {						\
	uint64_t was_ = *(entry);							\
	char wanted_[200];								\
											\
	snprintf(wanted_, sizeof wanted_, __VA_ARGS__);					\
	*(entry) = value;								\
	find(0);									\
	*(entry) = was_;								\
	assert_string_equal(found.no_sources, wanted_);					\
} while (0)

#define LIST "kexec's list: "

static uint64_t *first_entry(unsigned int at)
{
	return (uint64_t *)((char *)sleeper_at(&s, 0x1222) + at);
}

static void test_good(void **state)
{
	(void)state;
	find(3);
	assert_int_equal(s.exchanged.n, 4);
	assert_int_equal(exchanged_pair(&s.exchanged, 0x300)->source, 0x500);
	assert_int_equal(exchanged_pair(&s.exchanged, 0x310)->source, 0x502);
	assert_null(exchanged_pair(&s.exchanged, 0x302));
	assert_true(exchanged_has(&s.exchanged, 0x302));
	assert_false(exchanged_has(&s.exchanged, 0x9f));
	/* A page that was where it has to be is in the list as its own source. */
	sleeper_list(&s)[1] = 0x300000 | 8;
	find(2);
}

/*
 * Elsewhere in the entry page, as kernels from 6.14 on have it, between words that only look like
 * it.
 */
static void test_first_entry(void **state)
{
	uint64_t *known = first_entry(0x830), first = *known;

	(void)state;
	*known = 0xcccccccccccccccc;
	*first_entry(0x18) = 0x123000 | 2;		/* a page that is no list */
	*first_entry(0xff8) = 0xfffffffff000 | 2;	/* no memory */
	*first_entry(0x218) = first;
	find(3);
	*first_entry(0x218) = 0;
	assert_doubt(known, 0, "no memory at 0xfffffffff000");
	*first_entry(0xff8) = 0;
	assert_doubt(known, 0, LIST "entry 0 for destination 0");
	*first_entry(0x18) = 0;
	assert_doubt(known, 0, LIST "nothing in the page of entry 0x12220f2 leads to it");
	assert_doubt(known, 0x210000 | 2, "no memory at 0x210000");
	/* Of several reasons the first is told, which is that of the known place. */
	*first_entry(0x18) = 0xfffffffff000 | 2;
	assert_doubt(known, 0x123000 | 2, LIST "entry 0 for destination 0");
	*known = first;
	s.exchanged.entry = 0x210000;
	assert_doubt(known, first, "no memory at 0x210000");
	s.exchanged.entry = 0;
	assert_doubt(known, first, LIST "where the sleeping kernel is entered is not known");
}

static void test_entries(void **state)
{
	uint64_t *list = sleeper_list(&s);

	(void)state;
	assert_doubt(list, 0x500000 | 8, LIST "entry 0x500008 for destination 0");
	assert_doubt(list + 1, 0, LIST "entry 0 for destination 0x300");
	assert_doubt(list + 1, 0x500000 | 9, LIST "entry 0x500009 for destination 0x300");
	/* The jump would ignore bit 4, but kexec never sets it. */
	assert_doubt(list + 1, 0x500000 | 24, LIST "entry 0x500018 for destination 0x300");
	assert_doubt(list, 0x100000 | 1,
		     LIST "destination pfn 0x100 is not in window or low memory");
	assert_doubt(list, 0x3ff000 | 1,
		     LIST "destination pfn 0x400 is not in window or low memory");
	assert_doubt(list + 512, 0x300000 | 1,
		     LIST "destination pfn 0x300 comes twice"); /* its second page */
	assert_doubt(list, 4, LIST "it is empty");
}

static void test_sources(void **state)
{
	uint64_t *list = sleeper_list(&s);
	char why[WHY_SIZE];

	(void)state;
	assert_doubt(list + 2, 0x500000 | 8, LIST "source pfn 0x500 comes twice");
	assert_doubt(list + 2, 0x300000 | 8,
		     LIST "source pfn 0x300 is exchanged itself, or no RAM");
	assert_doubt(list + 2, 0x900000 | 8,
		     LIST "source pfn 0x900 is exchanged itself, or no RAM");
	/*
	 * The list may have led to the very struct page that says so: nothing is believed any
	 * more.
	 */
	list[2] = 0x600000 | 8;
	assert_refused(sleeper_search(&s, &found, why), why, LIST "source pfn 0x600 is free");
}

static void test_pages_of_the_list(void **state)
{
	uint64_t *list = sleeper_list(&s);

	(void)state;
	assert_doubt(list + 3, 0x210000 | 2, "no memory at 0x210000");
	assert_doubt(list + 3, 0x11ab000 | 2,
		     LIST "more than the 670 pages that were exchanged"); /* a ring */
	*list = 0x11ab000 | 2;
	assert_doubt(list, *list, LIST "more than 1024 pages");
	for (int i = 0; i < 512; i++)
		list[i] = 0x300000 | 1;
	assert_doubt(list, *list, LIST "a page without an end");
}

int exchanged_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, begin, end),
		cmocka_unit_test_setup_teardown(test_first_entry, begin, end),
		cmocka_unit_test_setup_teardown(test_entries, begin, end),
		cmocka_unit_test_setup_teardown(test_sources, begin, end),
		cmocka_unit_test_setup_teardown(test_pages_of_the_list, begin, end),
	};

	return cmocka_run_group_tests_name("exchanged", tests, NULL, NULL);
}
