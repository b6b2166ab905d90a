# SPDX-License-Identifier: GPL-2.0-only
# The unit tests, which run on the host: included by the top Makefile, behind headers and vendor.mk.

unit-sources := $(wildcard tests/unit/*.c image/*.c linux/*.c targets/*.c) initramfs/session.c \
	initramfs/writer.c initramfs/pack.c restorer/restore.c restorer/resume.c restorer/unpack-worker.c \
	$(patsubst %,base/%.c,abandon chunk-buffers file guard helper-cmdline io log machine vmcore \
	workers) \
	$(patsubst %,hooks/%.c,child config guards heads kernel memory net next-boot \
	plan report slots sys uses) \
	$(patsubst %,tools/%.c,compare image-kernel json memmap pages)
unit-headers := $(headers) $(wildcard tests/unit/*.h)
unit-cflags := -g -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror -D_GNU_SOURCE $(vendor-include)
unit-sanitize := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
# Upstream computes addresses and differences that this sanitizer knows better than C does.
unit-vendor := -O1 -g -fsanitize=address
unit-cover := -O0 --coverage
# Whether lines of the log are shown, how many processes and how much memory there may be: fakes.c.
# Which devices there are: guard.c; which machine: resume.c.
unit-ldflags := -Wl,--wrap=write,--wrap=fork,--wrap=memfree_kib,--wrap=devices_look,--wrap=machine_read

$(O)/unit: $(unit-sources:%.c=$(O)/unit-objects/%.o) $(vendor:%=$(O)/unit-objects/%)
	$(CC) $(unit-sanitize) $(unit-ldflags) -o $@ $^ -lcmocka -lz
$(O)/unit-objects/%.o: %.c $(unit-headers) Makefile tests/unit/unit.mk $(vendor-fetched)
	@mkdir -p $(@D)
	$(CC) $(unit-cflags) $(unit-sanitize) -c -o $@ $<

$(O)/unit-cover: $(unit-sources:%.c=$(O)/unit-cover-objects/%.o) $(vendor:%=$(O)/host/%)
	$(CC) $(unit-cover) $(unit-ldflags) -o $@ $^ -lcmocka -lz
$(O)/unit-cover-objects/%.o: %.c $(unit-headers) Makefile tests/unit/unit.mk $(vendor-fetched)
	@mkdir -p $(@D)
	$(CC) $(unit-cflags) $(unit-cover) -c -o $@ $<
