#!/bin/sh
# The same input gives the same initramfs, whatever the time, the user's umask and the order of files.
. "${0%/*}/lib.sh"

./mkimage.sh --busybox /bin/busybox --add "$BUILD/krestore:/bin/krestore" "$BUILD/init" "$OUT/one.cpio"
sleep 1.1
(umask 077; ./mkimage.sh --busybox /bin/busybox --add "$BUILD/krestore:/bin/krestore" "$BUILD/init" "$OUT/two.cpio")
cmp "$OUT/one.cpio" "$OUT/two.cpio"
cpio --quiet -t < "$OUT/one.cpio" > "$OUT/list"
for f in init bin/busybox bin/krestore bin/sh; do
	grep -qx "$f" "$OUT/list" || die "$f is not in the archive"
done
! ./mkimage.sh --add "$OUT/missing:/x" "$BUILD/init" "$OUT/three.cpio" 2> "$OUT/refusal" || die "took a missing file"
grep -q "$OUT/missing: cannot be read" "$OUT/refusal"
