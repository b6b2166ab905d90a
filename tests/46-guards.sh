#!/bin/sh
# A file system that was written since, or that is gone, keeps A from being resumed over it, and the
# user is told why, once.  Nothing written, or other names: it is resumed.
. "${0%/*}/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
truncate -s 300M "$OUT/xfs.img"
truncate -s 64M "$OUT/vfat.img" "$OUT/swap.img" "$OUT/ext4.img"
mkfs.xfs -q "$OUT/xfs.img"
mkfs.vfat -i 12345678 "$OUT/vfat.img" > "$OUT/mkfs"
mkswap -q "$OUT/swap.img"
mkfs.ext4 -q "$OUT/ext4.img"
drives() {	# files
	for f; do
		n=${f%%.*}
		echo "-drive file=$OUT/$f,if=none,id=$n,format=${f##*.} -device virtio-blk-pci,drive=$n"
	done | sed 's/format=img/format=raw/'
}
all=$(drives xfs.img vfat.img swap.img ext4.img)

# A command of several lines, which the guest gets as one.
lines() { guest "$1" "$(printf %s "$2" | tr '\n' ' ')" 60; }
# shellcheck disable=SC2086,SC2046,SC2016
{
disks
boot make nokaslr $all
# In this kernel, vdc and vdd are not what they are in one that has just booted.
lines make 'set -- $(readlink -f /sys/block/vdc/device /sys/block/vdd/device); cd /sys/bus/virtio/drivers/virtio_blk;
echo ${1##*/} > unbind; echo ${2##*/} > unbind; echo ${2##*/} > bind; echo ${1##*/} > bind; cd /'
lines make 'mkdir /x /v /e; mount /dev/vdd /x && mount /dev/vdc /v && swapon /dev/vde && mount -o ro /dev/vdf /e &&
mount --bind /x /mnt && unshare -m umount /x && cp -r /etc /x && cp -r /etc/default /v'
begin_life make 20
guest make 'kexec-hibernate --dry-run' > "$OUT/plan"
expect "guards in the plan" '/dev/vda /dev/vdc /dev/vdd /dev/vde /dev/vdf' \
	"$(sed -n 's/^plan: resume only if nobody has written //p' "$OUT/plan" | tr ' ' '\n' | sort | paste -sd ' ')"
hibernate make
expect_console make 'guards: fingerprints of 5 devices taken'
for f in target xfs vfat swap; do cp --sparse=always "$OUT/$f.img" "$OUT/$f-kept.img"; done
cp "$OUT/root.qcow2" "$OUT/changed.qcow2"
mv "$OUT/root.qcow2" "$OUT/root-kept.qcow2"

# Another system: it changes copies of all of them, but mounts the ext4 for reading only.
disks 64M
boot other '' $(drives xfs.img vfat.img swap.img ext4.img changed.qcow2)
lines other 'mount /dev/vdc /mnt && umount /mnt && mount /dev/vdd /mnt && mkdir /mnt/new && umount /mnt &&
dd if=/dev/urandom of=/dev/vde bs=4k seek=1 count=1 conv=fsync && mount -o ro /dev/vdf /mnt && umount /mnt &&
mount /dev/vdg /mnt && echo new > /mnt/root/new && umount /mnt' || die "no other system"
kill_machine other
for f in xfs vfat swap; do mv "$OUT/$f.img" "$OUT/$f-changed.img"; done
restore() {
	cp "$OUT/root-kept.qcow2" "$OUT/root.qcow2"
	for f in target xfs vfat swap; do cp --sparse=always "$OUT/$f-kept.img" "$OUT/$f.img"; done
}

refused() {	# name, regular expression for the reason
	boot_helper "$1" khib.resume=part:/dev/vdb $all
	ended "$1" 60
	expect_console "$1" "hibernate: $2"
	expect "state of the target" failed "$(image_field state)"
	image_field reason | grep -qE "^$2" || die "reason: $(image_field reason)"
}
since='was written since: fingerprint is [0-9a-f]{16}, the image has [0-9a-f]{16}'
uuid='UUID [0-9a-f]{8}-[0-9a-f-]{27}'
restore
cp --sparse=always "$OUT/xfs-changed.img" "$OUT/xfs.img"
refused xfs "guard: xfs of /dev/vdd \($uuid\) $since"
restore
cp --sparse=always "$OUT/vfat-changed.img" "$OUT/vfat.img"
refused vfat "guard: vfat of /dev/vdc \(UUID 1234-5678\) $since"
restore
cp --sparse=always "$OUT/swap-changed.img" "$OUT/swap.img"
refused swap "guard: swap of /dev/vde \($uuid\) $since"
restore
# Another disk in its place: with fewer disks, the machine would have another RAM map.
truncate -s 64M "$OUT/blank.img"
with=$all
all=$(drives xfs.img vfat.img swap.img blank.img)
refused missing "guard: ext4 of /dev/vdf \($uuid\) is not there"
all=$with

# The root file system, by the chained path; the next boot tells, the one after that does not.
restore
cp "$OUT/changed.qcow2" "$OUT/root.qcow2"
boot root '' $all
ended root 60
expect_console root "guard: ext4 of /dev/vda \($uuid\) $since"
expect "told" 0 "$(image_field told)"
boot told '' $all
expect "an ordinary boot" 'new ordinary' "$(guest told 'cat /root/new; test -e /dev/shm/random || echo ordinary' 60 | paste -sd ' ')"
expect_console told "^kexec-hibernate: part:/dev/vdb: not resumed: guard: ext4 of /dev/vda \($uuid\) $since"
guest told 'dmesg | grep "not resumed: guard: ext4 of /dev/vda"'
expect "told" 1 "$(image_field told)"
guest told 'kexec-hibernate status' > "$OUT/status"
grep -qE 'image of kernel .*, [0-9]+ MiB, saved 20[0-9-]* [0-9:]*$' "$OUT/status" || die "$(cat "$OUT/status")"
grep -qE 'set aside 20[0-9-]* [0-9:]*, never to be resumed:$' "$OUT/status" || die "$(cat "$OUT/status")"
grep -qE "guard: ext4 of /dev/vda \($uuid\) $since" "$OUT/status" || die "$(cat "$OUT/status")"
guest told 'mount -o remount,ro /' > /dev/null
kill_machine told
boot silent '' $all
guest silent 'mount -o remount,ro /' 60 > /dev/null
kill_machine silent
! grep -q 'kexec-hibernate:' "$OUT/silent.console" || die "told again: $(grep 'kexec-hibernate:' "$OUT/silent.console")"
qemu-img convert -O raw "$OUT/root.qcow2" "$OUT/root.img"
e2fsck -fn "$OUT/root.img" > "$OUT/fsck" || die "fsck: $(cat "$OUT/fsck")"

# Nothing was written, and the names are others.
restore
boot good '' $all
guest_end good | tee "$OUT/good.end"
grep -qE '^resumed: [0-9]+ MiB restored in [0-9]+\.[0-9] s, saved in [0-9]+\.[0-9] s$' "$OUT/good.end" || die "$(cat "$OUT/good.end")"
check_life good
expect_console good 'guard: xfs of /dev/vdd .* is /dev/vdc here'
guest good 'ls /x/etc /v/default > /dev/null && umount /x /mnt /v /e && swapoff -a' 60
guest good 'dmesg | grep "kexec-hibernate: saving: "' > "$OUT/log" || die "no log of the save"
expect "state of the image" used "$(image_field state)"
}
