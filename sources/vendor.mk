# SPDX-License-Identifier: GPL-2.0-only
# Upstream's sources that are compiled in: included by the top Makefile.
#
# LZ4 and zstd: their own files, unchanged.  Of zstd what packs and unpacks one
# block of memory, in C; no threads, no dictionaries, no old formats.

vendor-projects := xxhash lz4 libzstd
vendor-fetched := $(vendor-projects:%=$(O)/%/.fetched)
vendor-include := -I$(O)/xxhash -I$(O)/lz4/lib -I$(O)/libzstd/lib
vendor-klibc := $(vendor-include) -Dstatic_assert=_Static_assert
# Named by pattern rules alone, they would be taken for files that can go.
.SECONDARY: $(vendor-fetched)

zstd-common := entropy_common error_private fse_decompress xxhash zstd_common
zstd-compress := fse_compress hist huf_compress zstd_compress zstd_compress_literals \
	zstd_compress_sequences zstd_compress_superblock zstd_double_fast zstd_fast zstd_lazy \
	zstd_ldm zstd_opt
zstd-decompress := huf_decompress zstd_ddict zstd_decompress zstd_decompress_block
vendor := lz4/lib/lz4.o $(zstd-common:%=libzstd/lib/common/%.o) \
	$(zstd-compress:%=libzstd/lib/compress/%.o) $(zstd-decompress:%=libzstd/lib/decompress/%.o)

# One variant of each loop instead of two or three: see docs/hacking.md.
vendor-trim := -DZSTD_DISABLE_ASM=1 -DZSTD_LEGACY_SUPPORT=0 -DZSTD_STRIP_ERROR_STRINGS=1 \
	-DDYNAMIC_BMI2=0 -DHUF_FORCE_DECOMPRESS_X1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT
vendor-cflags := -w -ffunction-sections -fdata-sections $(vendor-trim)

# The loops want -O2.  These have many of them, for high levels or for none of ours.
$(addprefix $(O)/klibc/libzstd/lib/compress/,zstd_lazy.o zstd_ldm.o zstd_opt.o): vendor-optimize := -Os
vendor-optimize := -O2

# The sources come with .fetched: make does not know them.
$(vendor:%=$(O)/klibc/%): $(O)/klibc/%.o: $(vendor-fetched) sources/vendor.mk
	@mkdir -p $(@D)
	$(KLCC) $(vendor-optimize) $(vendor-cflags) $(vendor-klibc) -c -o $@ $(O)/$*.c
$(vendor:%=$(O)/host/%): $(O)/host/%.o: $(vendor-fetched) sources/vendor.mk
	@mkdir -p $(@D)
	$(CC) $(vendor-optimize) $(vendor-cflags) -c -o $@ $(O)/$*.c
$(vendor:%=$(O)/unit-objects/%): $(O)/unit-objects/%.o: $(vendor-fetched) sources/vendor.mk
	@mkdir -p $(@D)
	$(CC) $(unit-vendor) $(vendor-cflags) -c -o $@ $(O)/$*.c
