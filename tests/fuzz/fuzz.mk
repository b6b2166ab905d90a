# SPDX-License-Identifier: GPL-2.0-only
# The fuzz targets: included by the top Makefile, behind headers and vendor.mk.
# Each is tests/fuzz/fuzz-NAME.c, all of our code that is on the path, and libFuzzer.

FUZZ_CC := clang
fuzz-targets := $(patsubst tests/fuzz/fuzz-%.c,%,$(wildcard tests/fuzz/fuzz-*.c))
fuzz-programs := $(fuzz-targets:%=$(O)/fuzz/%)
fuzz-sources := $(patsubst %,tests/%.c,fuzz/common fuzz/workers fuzz/sample fuzz/patched unit/sleeper unit/samples) \
	$(patsubst %,tools/%.c,elf image-kernel info json memmap pages targets) \
	$(wildcard image/*.c linux/*.c targets/*.c) initramfs/session.c \
	restorer/restore.c restorer/unpack-worker.c \
	$(patsubst %,base/%.c,abandon chunk-buffers file io log machine)
fuzz-objects := $(fuzz-sources:%.c=$(O)/fuzz/objects/%.o) $(vendor:%=$(O)/fuzz/objects/%)
fuzz-cflags := -O2 -g -fsanitize=address -fno-omit-frame-pointer
fuzz-ours := $(fuzz-cflags) -fsanitize=undefined -fno-sanitize-recover=all -D_GNU_SOURCE \
	-Wall -Wextra -Wshadow -Wmissing-prototypes -Wno-unknown-attributes -Werror $(vendor-include)
fuzz-ldflags := $(fuzz-cflags) -fsanitize=undefined -Wl,--wrap=write,--wrap=alloc_pages,--wrap=alloc_shared,--wrap=free_pages
.SECONDARY: $(fuzz-targets:%=$(O)/fuzz/objects/tests/fuzz/fuzz-%.o)

$(fuzz-programs): $(O)/fuzz/%: $(O)/fuzz/objects/tests/fuzz/fuzz-%.o $(fuzz-objects)
	$(FUZZ_CC) $(fuzz-ldflags) -fsanitize=fuzzer -o $@ $^ -lcmocka
$(O)/fuzz/seeds: $(O)/fuzz/objects/tests/fuzz/seeds.o $(fuzz-objects)
	$(FUZZ_CC) $(fuzz-ldflags) -fsanitize=fuzzer-no-link -o $@ $^ -lcmocka
$(O)/fuzz/objects/%.o: %.c $(headers) $(wildcard tests/fuzz/*.h) Makefile tests/fuzz/fuzz.mk $(vendor-fetched) | $(O)/.deps
	@mkdir -p $(@D)
	$(FUZZ_CC) $(fuzz-ours) -fsanitize=fuzzer-no-link -c -o $@ $<
$(vendor:%=$(O)/fuzz/objects/%): $(O)/fuzz/objects/%.o: $(vendor-fetched) sources/vendor.mk tests/fuzz/fuzz.mk | $(O)/.deps
	@mkdir -p $(@D)
	$(FUZZ_CC) $(fuzz-cflags) -fsanitize=fuzzer-no-link $(vendor-cflags) -c -o $@ $(O)/$*.c
