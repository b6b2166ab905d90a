#!/bin/sh
# The steps of 2007, each typed by hand, as docs/by-hand.md has them.
. "${0%/*}/lib.sh"

# What a person would type in the helper stands in a script that is its init.
helper_image() {	# name; the steps on standard input
	{
		echo '#!/bin/sh'
		echo 'mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev'
		cat
	} > "$OUT/$1"
	./mkimage.sh --busybox /bin/busybox --add "$BUILD/kexec:/bin/kexec" --add "$BUILD/krestore:/bin/krestore" \
		"$OUT/$1" "$OUT/$1.cpio"
}
helper_image save <<'END'
cat /sys/kernel/kexec_jump_back_entry > /dev/vdc
busybox cp /proc/vmcore /dev/vdb
busybox sync
busybox poweroff -f
END
helper_image look <<'END'
cat /sys/kernel/kexec_jump_back_entry > /dev/vdc
busybox sync
kexec -x --load-jump-back-helper
kexec -x -e
END
helper_image restore <<'END'
entry=$(busybox head -n 1 /dev/vdc)
krestore --entry "$entry" /dev/vdb
kexec -x --load-jump-back-helper --entry="$entry"
kexec -x -e
END

disks
truncate -s 1M "$OUT/notes.img" "$OUT/cpio.img"
notes="-drive file=$OUT/notes.img,if=none,id=notes,format=raw -device virtio-blk-pci,drive=notes"
cpio="-drive file=$OUT/cpio.img,if=none,id=cpio,format=raw -device virtio-blk-pci,drive=cpio"
load() {	# cpio
	truncate -s 4M "$OUT/cpio.img"
	dd if="$1" of="$OUT/cpio.img" conv=notrunc status=none
	guest first "head -c $(stat -c %s "$1") /dev/vdd > /run/helper.cpio && /usr/lib/kexec-hibernate/kexec \
--load-preserve-context --mem-min=0x4000000 --mem-max=0x7ffffff --initrd=/run/helper.cpio \
--append='console=ttyS0 loglevel=6' /usr/lib/kexec-hibernate/helper" 60
}
truncate -s 4M "$OUT/cpio.img"
# shellcheck disable=SC2086
boot first nokaslr $notes $cpio
begin_life first 50

# There and back.
load "$OUT/look.cpio"
guest first '/usr/lib/kexec-hibernate/kexec -x -e' 120
check_life first
entry=$(head -n 1 "$OUT/notes.img" | tr -d '\000')
[ $((entry)) -gt 0 ] || die "the helper saw no entry address: '$entry'"

# There, power off, and back from a plain copy.
guest first 'echo 3 > /proc/sys/vm/drop_caches'
load "$OUT/save.cpio"
"$BUILD/talk" "$OUT/first" "$(limit 100)" '/usr/lib/kexec-hibernate/kexec -x -e' > "$OUT/first.back" 2>&1 &
PIDS="$PIDS $!"
ended first 120
"$BUILD/krestore" --check "$OUT/target.img"
if "$BUILD/krestore" "$OUT/target.img" 2> "$OUT/refusal"; then die "restored without an entry"; fi
grep -q 'a core does not know its entry: --entry is needed' "$OUT/refusal" || die "$(cat "$OUT/refusal")"

# shellcheck disable=SC2034 # for boot_helper
HELPER_INITRD=$OUT/restore.cpio
# shellcheck disable=SC2086
boot_helper second "" $notes $cpio
guest_end second 120
check_life second
