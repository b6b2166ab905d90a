# SPDX-License-Identifier: GPL-2.0-only
# The unit tests, which run on the host: included by the top Makefile, behind headers and xxhash.

unit-sources := $(wildcard tests/unit/*.c image/*.c) initramfs/mode.c initramfs/session.c \
	initramfs/writer.c restorer/elfcore.c restorer/restore.c base/guard.c base/io.c base/log.c base/target.c
unit-headers := $(headers) $(wildcard tests/unit/*.h)
unit-cflags := -g -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror -D_GNU_SOURCE -I$(xxhash)
unit-sanitize := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
unit-cover := -O0 --coverage
# fakes.c decides whether lines of the log are shown.
unit-ldflags := -Wl,--wrap=write

$(O)/unit: $(unit-sources:%.c=$(O)/unit-objects/%.o)
	$(CC) $(unit-sanitize) $(unit-ldflags) -o $@ $^ -lcmocka
$(O)/unit-objects/%.o: %.c $(unit-headers) Makefile tests/unit/unit.mk $(xxhash)/.fetched
	@mkdir -p $(@D)
	$(CC) $(unit-cflags) $(unit-sanitize) -c -o $@ $<

$(O)/unit-cover: $(unit-sources:%.c=$(O)/unit-cover-objects/%.o)
	$(CC) $(unit-cover) $(unit-ldflags) -o $@ $^ -lcmocka
$(O)/unit-cover-objects/%.o: %.c $(unit-headers) Makefile tests/unit/unit.mk $(xxhash)/.fetched
	@mkdir -p $(@D)
	$(CC) $(unit-cflags) $(unit-cover) -c -o $@ $<
