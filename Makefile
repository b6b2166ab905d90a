# SPDX-License-Identifier: GPL-2.0-only
# The only Makefile.  "make help" lists what it makes; everything built goes to $(O).

O ?= build
T ?=
N ?= 20
TIME ?= 60
KLCC := klcc
PREFIX := /usr

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help deps check check-faults check-targets fuzz fuzz-corpus demo soak bench kernel helper-kernel kexec guest install clean

warnings := -Wall -Wextra -Wmissing-prototypes -Wshadow -Werror
# klcc gives its own headers with -I; as system headers they are not warned about (abs() in stdlib.h).
klibc-system := -Wp,-isystem,/usr/lib/klibc/include
klibc-cflags = $(klibc-optimize) -ffunction-sections -fdata-sections -D_GNU_SOURCE $(warnings) $(klibc-system) $(vendor-klibc)
klibc-ldflags := -static -Wl,--gc-sections -s
host-cflags = -O2 -g -ffunction-sections -fdata-sections -D_GNU_SOURCE $(warnings) $(vendor-include)

image := $(patsubst %.c,%.o,$(wildcard image/*.c))
linux := $(patsubst %.c,%.o,$(wildcard linux/*.c))
base := $(patsubst %.c,%.o,$(wildcard base/*.c))
targets := $(patsubst %.c,%.o,$(wildcard targets/*.c))
restorer := $(filter-out restorer/krestore.o,$(patsubst %.c,%.o,$(wildcard restorer/*.c)))
helper-init := $(patsubst %.c,%.o,$(wildcard initramfs/*.c))
headers := $(wildcard */*.h)
include sources/vendor.mk
include tests/unit/unit.mk
include tests/fuzz/fuzz.mk

# khimage twice: small, for scripts and A's initramfs, and with all commands, for people.
khimage-small := $(patsubst %,tools/%.o,json khimage net state targets)
khimage := $(patsubst %.c,%.o,$(wildcard tools/*.c))

klibc-programs := $(O)/init $(O)/krestore $(O)/khimage-small
host-programs := $(O)/khib $(O)/khimage
man := $(patsubst docs/%.scd,$(O)/%,$(wildcard docs/*.scd))

all: $(klibc-programs) $(host-programs) $(O)/helper.cpio kexec helper-kernel $(man)	## build all that install installs

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

# With -Os the checksum takes 3.6 times as long, and every byte of an image goes through it.
$(O)/klibc/image/page.o: klibc-optimize := -O3
klibc-optimize := -Os
$(O)/klibc/%.o: %.c $(headers) Makefile $(vendor-fetched)
	@mkdir -p $(@D)
	$(KLCC) $(klibc-cflags) -c -o $@ $<
$(O)/host/%.o: %.c $(headers) Makefile $(vendor-fetched)
	@mkdir -p $(@D)
	$(CC) $(host-cflags) -c -o $@ $<

klibc = $(addprefix $(O)/klibc/,$(1))
$(O)/init: $(call klibc,$(helper-init) $(restorer) $(targets) $(base) $(linux) $(image) $(vendor))
$(O)/krestore: $(call klibc,restorer/krestore.o $(restorer) $(targets) $(base) $(linux) $(image) $(vendor))
$(O)/khimage-small: $(call klibc,$(khimage-small) $(restorer) $(targets) $(base) $(linux) $(image) $(vendor))
$(klibc-programs):
	$(KLCC) $(klibc-ldflags) -o $@ $^

# On A's side there is a whole libc; klibc has no vmsplice().
khib := $(patsubst %.c,%.o,$(wildcard hooks/*.c)) \
	$(patsubst %,base/%.o,abandon file guard helper-cmdline io log machine) $(targets) $(image) $(vendor)
$(O)/khib: $(addprefix $(O)/host/,$(khib))
$(O)/khib: host-libs := -lblkid -lz
# Whoever only looks at an image does not jump.
khimage-base := $(filter-out base/jump.o,$(base))
$(O)/khimage: $(addprefix $(O)/host/,$(khimage) $(restorer) $(targets) $(khimage-base) $(linux) $(image) $(vendor))
$(host-programs):
	$(CC) -Wl,--gc-sections -o $@ $^ $(host-libs)

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
kernel: helper-kernel			## build all kernels, or take them from the cache
	@kernel-patches/build.sh main $(O)
helper-kernel: | $(O)/.deps
	@kernel-patches/build.sh helper $(O)
	@kernel-patches/build.sh helper-net $(O)

$(O)/%: docs/%.scd | $(O)/.deps
	scdoc < $< > $@

lib := $(PREFIX)/lib/kexec-hibernate
root := $(DESTDIR)$(PREFIX)
# initramfs-tools reads two places, whatever the prefix.
initramfs := $(if $(filter /usr,$(PREFIX)),/usr/share,/etc)/initramfs-tools
installed := $(addprefix $(O)/,khib kexec krestore khimage khimage-small \
	helper/bzImage helper/drivers helper-net/bzImage helper-net/drivers helper.cpio) $(man)
# Scripts and pages name the usual directories.
at-prefix = rm -f $(3) && sed 's|/usr/lib/kexec-hibernate|$(lib)|g' $(2) > $(3) && chmod $(1) $(3)
install:					## install into DESTDIR what kernel A needs; builds nothing
	@for f in $(installed); do [ -e "$$f" ] || { echo "install: $$f is not built yet: run make first" >&2; exit 1; }; done
	install -d $(DESTDIR)$(lib) $(root)/sbin $(DESTDIR)/etc
	install -m 755 $(addprefix $(O)/,khib kexec krestore) $(DESTDIR)$(lib)
	install -m 755 $(O)/khimage-small $(DESTDIR)$(lib)/khimage
	for k in helper helper-net; do \
		install -m 644 $(O)/$$k/bzImage $(DESTDIR)$(lib)/$$k && \
		install -m 644 $(O)/$$k/drivers $(DESTDIR)$(lib)/$$k.drivers || exit 1; \
	done
	install -m 644 $(O)/helper.cpio $(DESTDIR)$(lib)
	install -m 755 $(O)/khimage $(root)/sbin
	ln -sf ../lib/kexec-hibernate/krestore $(root)/sbin
	install -d $(DESTDIR)$(initramfs)/hooks $(DESTDIR)$(initramfs)/scripts/local-premount
	install -m 755 hooks/initramfs-tools/boot $(DESTDIR)$(initramfs)/scripts/local-premount/kexec-hibernate
	$(call at-prefix,755,hooks/initramfs-tools/hook,$(DESTDIR)$(initramfs)/hooks/kexec-hibernate)
	$(call at-prefix,755,hooks/kexec-hibernate,$(root)/sbin/kexec-hibernate)
	[ -e $(DESTDIR)/etc/kexec-hibernate.conf ] || install -m 644 hooks/kexec-hibernate.conf $(DESTDIR)/etc
	for page in $(notdir $(man)); do \
		dir=$(root)/share/man/man$${page##*.}; \
		install -d $$dir && $(call at-prefix,644,$(O)/$$page,$$dir/$$page) || exit 1; \
	done

guest: all kernel $(O)/talk $(O)/replay $(O)/qmp	## build the test guest
	@tests/guest/build.sh $(O)
$(O)/talk $(O)/replay $(O)/qmp: $(O)/%: tests/%.c | $(O)/.deps
	$(CC) $(host-cflags) -o $@ $<

check: guest					## run the tests, all or T='50 51'
	@tests/run $(T)

check-faults: guest				## power cuts at 90 points, and the other faults
	@POINTS=all tests/run 6

check-targets: guest				## all kinds of targets, with power cuts at 30 points
	@POINTS=all tests/run 65 9

fuzz: $(fuzz-programs)				## fuzz what reads foreign bytes, TIME seconds for each target
	@tests/fuzz/run $(O) $(TIME) $(fuzz-targets)

fuzz-corpus: $(fuzz-programs) $(O)/fuzz/seeds	## the same, and keep the smallest set of inputs that does as much
	@tests/fuzz/renew $(O) $(TIME) $(fuzz-targets)

demo: guest					## hibernate a VM, power it off, resume it, show the proof
	@tests/demo.sh

soak: guest					## N hibernations of KASLR kernels; free pages are left out in each
	@N=$(N) TEST_LIMIT=$$((600 + $(N) * 60)) tests/run 52

bench: guest					## compare with the kernel's own hibernation; QUICK=1 CASES= LEVELS= DISK_MIBS=
	@tests/bench/run.sh

clean:						## remove what was built
	rm -rf $(O)
