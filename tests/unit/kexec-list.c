// SPDX-License-Identifier: GPL-2.0-only
/* exchange.c - kexec's list of pages: what it must not say, and that then no source is left out */
#include "fakes.h"
#include "sleeper.h"

static struct sleeper s;
static struct freepages found;

static int begin(void **state)
{
	(void)state;
	sleeper_begin(&s, LIKE_6_12, 4);
	quiet = true;
	return 0;
}

static int end(void **state)
{
	(void)state;
	quiet = false;
	freepages_end(&found);
	sleeper_end(&s);
	return 0;
}

static void find(uint64_t sources)
{
	freepages_end(&found);
	sleeper_find(&s, &found);
	assert_int_equal(found.sources, sources);
	assert_int_equal(found.map.pages, 0x101 + sources);
}

/* The list with one entry changed is not believed: this is said, and only the sources are saved. */
#define assert_doubt(entry, value, ...) do {						\
	uint64_t was_ = *(entry);							\
	char wanted_[200], line_[300];							\
											\
	snprintf(wanted_, sizeof wanted_, __VA_ARGS__);					\
	snprintf(line_, sizeof line_,							\
		 "free pages: %s; all pages that the jump exchanged are saved\n", wanted_);	\
	*(entry) = value;								\
	find(0);									\
	*(entry) = was_;								\
	if (!strstr(log_text(), line_))							\
		fail_msg("no '%s' in: %s", line_, log_text());				\
} while (0)

#define LIST "list of exchanged pages: "

static void test_good(void **state)
{
	(void)state;
	find(3);
	/* A page that was where it has to be is in the list as its own source. */
	sleeper_list(&s)[1] = 0x300000 | 8;
	find(2);
	sleeper_note(&s, "SYMBOL(kexec_image)", NULL);
	find(0);
}

/* Struct kimage cannot be read, or nobody tells where it is: the page of the entry has a copy of its head. */
static void test_by_entry(void **state)
{
	uint64_t *head = (uint64_t *)sleeper_at(&s, 0x11aa) + 1, *pointer = sleeper_at(&s, 0x1220);
	uint64_t *copy = (uint64_t *)((char *)sleeper_at(&s, 0x1222) + 2048 + 0x30);

	(void)state;
	s.entry = 0x12220f2;
	*copy = *head;
	*pointer = 0;
	find(3);
	sleeper_note(&s, "SYMBOL(kexec_image)", NULL);
	find(3);
	assert_doubt(copy, 0, LIST "begins with 0, flag 2 was expected");
	assert_doubt(copy, 0xcccccccccccccccc, LIST "begins with 0xcccccccccccccccc, flag 2 was expected");
	assert_doubt(copy, 0x210000 | 2, "no memory at 0x210000");
	s.entry = 0;
	assert_doubt(copy, *copy, "VMCOREINFO: SYMBOL(kexec_image) is missing");
}

static void test_entries(void **state)
{
	uint64_t *list = sleeper_list(&s);

	(void)state;
	assert_doubt(list, 0x500000 | 8, LIST "entry 0x500008 for destination 0");
	assert_doubt(list + 1, 0, LIST "entry 0 for destination 0x300");
	assert_doubt(list + 1, 0x500000 | 9, LIST "entry 0x500009 for destination 0x300");
	assert_doubt(list + 1, 0x500000 | 24, LIST "entry 0x500018 for destination 0x300");
	assert_doubt(list, 0x100000 | 1, LIST "destination pfn 0x100 is not in window or low memory");
	assert_doubt(list, 0x3ff000 | 1, LIST "destination pfn 0x400 is not in window or low memory");
	assert_doubt(list + 512, 0x300000 | 1, LIST "destination pfn 0x300 comes twice");	/* its second page */
}

static void test_sources(void **state)
{
	const char *text = LIST "source pfn %#x is exchanged, free, unknown or comes twice";
	uint64_t *list = sleeper_list(&s);

	(void)state;
	assert_doubt(list + 2, 0x500000 | 8, text, 0x500);
	assert_doubt(list + 2, 0x300000 | 8, text, 0x300);	/* the destination of another */
	assert_doubt(list + 2, 0x600000 | 8, text, 0x600);	/* free */
	assert_doubt(list + 2, 0x900000 | 8, text, 0x900);	/* no RAM */
}

static void test_pages_of_the_list(void **state)
{
	uint64_t *list = sleeper_list(&s), *head = (uint64_t *)sleeper_at(&s, 0x11aa) + 1;
	uint64_t *pointer = sleeper_at(&s, 0x1220);

	(void)state;
	assert_doubt(list + 3, 0x210000 | 2, "no memory at 0x210000");
	assert_doubt(list + 3, 0x11ab000 | 2, LIST "destination pfn 0x300 comes twice");	/* in a ring */
	*list = 0x11ab000 | 2;
	assert_doubt(list, *list, LIST "more than 1024 pages of it");
	for (int i = 0; i < 512; i++)
		list[i] = 0x300000 | 1;
	assert_doubt(list, *list, LIST "page 1 of it has no end");
	assert_doubt(head, 4, LIST "begins with 0x4, flag 2 was expected");
	assert_doubt(head, 0, LIST "begins with 0, flag 2 was expected");
	assert_doubt(head, 0x210000 | 2, "no memory at 0x210000");
	assert_doubt(pointer, 0, "address 0x8: entry of level 4 is 0, not present");
	sleeper_note(&s, "OFFSET(kimage.head)", "OFFSET(kimage.head)=4097");
	assert_doubt(head, *head, "VMCOREINFO: kimage.head at 4097");
}

int exchange_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, begin, end),
		cmocka_unit_test_setup_teardown(test_by_entry, begin, end),
		cmocka_unit_test_setup_teardown(test_entries, begin, end),
		cmocka_unit_test_setup_teardown(test_sources, begin, end),
		cmocka_unit_test_setup_teardown(test_pages_of_the_list, begin, end),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
