# SPDX-License-Identifier: GPL-2.0-only
# The only Makefile.  "make help" lists what it makes; everything built goes to $(O).

O ?= build
T ?=
N ?= 20
KLCC := klcc
PREFIX := /usr

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help deps check check-faults demo soak kernel kexec guest install clean

# Upstream's sources, compiled in.  klibc has no static_assert.
xxhash := $(O)/xxhash
vendor-cflags := -I$(xxhash) -Dstatic_assert=_Static_assert
warnings := -Wall -Wextra -Wmissing-prototypes -Werror
klibc-cflags := -Os -ffunction-sections -fdata-sections -D_GNU_SOURCE $(warnings) $(vendor-cflags)
klibc-ldflags := -static -Wl,--gc-sections -s
host-cflags := -O2 -g -D_GNU_SOURCE $(warnings) -Wshadow -I$(xxhash)

image := $(patsubst %.c,%.o,$(wildcard image/*.c))
base := $(patsubst %.c,%.o,$(wildcard base/*.c))
restorer := $(filter-out restorer/krestore.o,$(patsubst %.c,%.o,$(wildcard restorer/*.c)))
helper-init := $(patsubst %.c,%.o,$(wildcard initramfs/*.c))
headers := $(wildcard */*.h)
# Named by pattern rules alone, it would be taken for a file that can go.
.SECONDARY: $(xxhash)/.fetched
include tests/unit/unit.mk

klibc-programs := $(O)/init $(O)/krestore $(O)/khimage $(O)/khib-window
host-programs := $(O)/khib-jump
man := $(patsubst docs/%.scd,$(O)/%,$(wildcard docs/*.scd))

all: $(klibc-programs) $(host-programs) $(O)/helper.cpio kexec kernel $(man)	## build everything

help:						## list the targets
	@sed -n 's/^\([a-z-]*\):.*##/\1	/p' $(MAKEFILE_LIST) | expand -t 12

deps: $(O)/.deps				## install the Debian packages that are needed (as root)
$(O)/.deps: sources/packages sources/install.sh
	@mkdir -p $(O)
	@sources/install.sh
	@touch $@

# Sources of other projects, as Debian packages them.
$(O)/%/.fetched: sources/list sources/fetch.sh | $(O)/.deps
	@sources/fetch.sh $* $(O)
	@touch $@

$(O)/klibc/%.o: %.c $(headers) Makefile $(xxhash)/.fetched
	@mkdir -p $(@D)
	$(KLCC) $(klibc-cflags) -c -o $@ $<
$(O)/host/%.o: %.c $(headers) Makefile $(xxhash)/.fetched
	@mkdir -p $(@D)
	$(CC) $(host-cflags) -c -o $@ $<

klibc = $(addprefix $(O)/klibc/,$(1))
$(O)/init: $(call klibc,$(helper-init) $(restorer) $(base) $(image))
$(O)/krestore: $(call klibc,restorer/krestore.o $(restorer) $(base) $(image))
$(O)/khimage: $(call klibc,tools/khimage.o $(restorer) $(base) $(image))
$(O)/khib-window: $(call klibc,hooks/khib-window.o $(base) $(image))
$(klibc-programs):
	$(KLCC) $(klibc-ldflags) -o $@ $^

# On A's side there is a whole libc; klibc has no vmsplice().
jump-objects := hooks/khib-jump.o base/io.o base/log.o base/target.o $(image)
$(O)/khib-jump: $(addprefix $(O)/host/,$(jump-objects))
	$(CC) -o $@ $^

$(O)/helper.cpio: $(O)/init mkimage.sh
	./mkimage.sh $(O)/init $@

kexec: $(O)/kexec				## build the patched kexec
$(O)/kexec: $(O)/kexec-tools/.fetched sources/apply.sh $(wildcard kexec-patches/*)
	@rm -rf $(O)/kexec-tools.patched
	@cp -a $(O)/kexec-tools $(O)/kexec-tools.patched
	@sources/apply.sh kexec-patches $(O)/kexec-tools.patched
	cd $(O)/kexec-tools.patched && \
		./configure --without-zlib --without-lzma --without-xen LDFLAGS=-static CFLAGS=-O2 >build.log 2>&1 && \
		make build/sbin/kexec >>build.log 2>&1 || { tail -n 20 build.log; exit 1; }
	strip -o $@ $(O)/kexec-tools.patched/build/sbin/kexec

# build.sh knows by a hash whether there is something to do.
kernel: | $(O)/.deps				## build both kernels, or take them from the cache
	@kernel-patches/build.sh helper $(O)
	@kernel-patches/build.sh main $(O)

$(O)/%: docs/%.scd | $(O)/.deps
	scdoc < $< > $@

lib := $(DESTDIR)$(PREFIX)/lib/kexec-hibernate
install: all					## install into DESTDIR what kernel A needs
	install -d $(lib) $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)/etc
	install -m 755 $(addprefix $(O)/,khimage khib-jump khib-window kexec krestore) mkimage.sh hooks/load $(lib)
	install -m 644 $(O)/helper/bzImage $(lib)/helper
	install -m 644 $(O)/helper.cpio hooks/config.sh hooks/checks.sh $(lib)
	install -m 755 hooks/kexec-hibernate $(DESTDIR)$(PREFIX)/sbin
	ln -sf ../lib/kexec-hibernate/krestore ../lib/kexec-hibernate/khimage $(DESTDIR)$(PREFIX)/sbin
	install -D -m 755 hooks/initramfs-tools/hook $(DESTDIR)$(PREFIX)/share/initramfs-tools/hooks/kexec-hibernate
	install -D -m 755 hooks/initramfs-tools/boot $(DESTDIR)$(PREFIX)/share/initramfs-tools/scripts/local-premount/kexec-hibernate
	[ -e $(DESTDIR)/etc/kexec-hibernate.conf ] || install -m 644 hooks/kexec-hibernate.conf $(DESTDIR)/etc
	for page in $(man); do n=$${page##*.}; install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$$n/$${page##*/}; done

guest: all $(O)/talk $(O)/replay		## build the test guest
	@tests/guest/build.sh $(O)
$(O)/talk $(O)/replay: $(O)/%: tests/%.c | $(O)/.deps
	$(CC) $(host-cflags) -o $@ $<

check: guest					## run the tests, all or T='50 51'
	@tests/run $(T)

check-faults: guest				## power cuts at 60 points, and the other faults
	@POINTS=all tests/run 6

demo: guest					## hibernate a VM, power it off, resume it, show the proof
	@tests/demo.sh

soak: guest					## N round trips of one guest life
	@N=$(N) tests/run 52

clean:						## remove what was built
	rm -rf $(O)
