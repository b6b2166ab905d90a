#!/bin/sh
# A file system on LVM on LUKS on RAID 1.  Its disks are guarded; A's initramfs assembles the array
# before it looks for the image, which must not alter it: so without md_mod.start_ro=1 A refuses.
. "${0%/*}/lib.sh"

stack() {	# name, kernel parameters
	boot "$1" "${2-}" -drive "file=$OUT/one.img,if=none,id=one,format=raw" -device virtio-blk-pci,drive=one \
		-drive "file=$OUT/two.img,if=none,id=two,format=raw" -device virtio-blk-pci,drive=two
}
# The guest's init runs no udev.
build='set -e; export DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1; echo secret > /run/key
mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --assume-clean --metadata=1.2 /dev/vdc /dev/vdd
cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/md0 /run/key
cryptsetup open --key-file /run/key /dev/md0 khib-crypt
pvcreate -q /dev/mapper/khib-crypt; vgcreate -q khib /dev/mapper/khib-crypt
lvcreate -q --zero n --wipesignatures n -n data -L 100M khib
mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 /dev/khib/data'
use='mkdir -p /mnt/data; mount /dev/khib/data /mnt/data; echo before > /mnt/data/file
( exec 7>>/mnt/data/file; until [ -e /run/go ]; do sleep 0.1; done; echo after >&7 ) > /dev/null 2>&1 &'

disks
truncate -s 200M "$OUT/one.img" "$OUT/two.img"
stack first 'md_mod.start_ro=1 nokaslr'	# the window of the direct path
guest first "$(echo "$build" | paste -sd ';')" 120
guest first "$(echo "$use" | paste -sd ';')" 30
start_ro=/sys/module/md_mod/parameters/start_ro

guest first "echo 0 > $start_ro"
! guest first 'kexec-hibernate --dry-run > /run/said 2>&1' 60 || die "md_mod.start_ro=0 was not refused"
expect "what it says" "kexec-hibernate: guards: /dev/md0 is in use, and md_mod.start_ro is 0, not 1: \
the next boot could write to the array before it finds the image; boot with md_mod.start_ro=1" \
	"$(guest first 'tail -n 1 /run/said')"
# By the direct path no initramfs of A comes before the resume.
guest first 'sed "\$ a RESUME=direct" /etc/kexec-hibernate.conf > /run/direct.conf; KHIB_CONF=/run/direct.conf kexec-hibernate --dry-run' 60 > /dev/null
guest first "echo 1 > $start_ro"

expect "guards" "/dev/vda /dev/vdc /dev/vdd" \
	"$(guest first 'kexec-hibernate --dry-run' 60 |
	sed -n 's/^plan: resume only if nobody has written //p' | tr ' ' '\n' | sort | paste -sd ' ')"

begin_life first
# As in a system that writes to the end: the array is not marked clean before A sleeps, so that
# whoever starts it for writing begins a resync.
guest first 'echo 600 > /sys/block/md0/md/safe_mode_delay; echo new > /mnt/data/new; sync; grep -q ^active /sys/block/md0/md/array_state' 60
hibernate first
for f in target one two; do cp --sparse=always "$OUT/$f.img" "$OUT/$f-kept.img"; done
cp "$OUT/root.qcow2" "$OUT/root-kept.qcow2"

stack back "md_mod.start_ro=1 khib.resume=part:/dev/vdb"
guest_end back
check_life back
guest back "$(echo 'set -e; touch /run/go; i=0
until grep after /mnt/data/file; do i=$((i + 1)); [ $i -lt 300 ]; sleep 0.1; done
sync; echo 3 > /proc/sys/vm/drop_caches; [ "$(paste -sd " " /mnt/data/file)" = "before after" ]
umount /mnt/data; e2fsck -fn /dev/khib/data
echo check > /sys/block/md0/md/sync_action; mdadm --wait /dev/md0 || :
[ "$(cat /sys/block/md0/md/mismatch_cnt)" = 0 ]' | paste -sd ';')" 60 > "$OUT/after" ||
	die "what lies on the stack: $(cat "$OUT/after")"
kill_machine back

# Another system assembles the array, writable, and mounts nothing.
for f in one two; do cp --sparse=always "$OUT/$f-kept.img" "$OUT/$f.img"; done
disks
stack other
guest other 'mdadm --stop --scan; mdadm --assemble --run /dev/md9 /dev/vdc /dev/vdd' 60 > "$OUT/other" ||
	die "the array was not assembled: $(cat "$OUT/other")"
guest other 'mdadm --stop /dev/md9; sync' 60
kill_machine other
cp "$OUT/root-kept.qcow2" "$OUT/root.qcow2"
cp --sparse=always "$OUT/target-kept.img" "$OUT/target.img"
stack written "md_mod.start_ro=1 khib.resume=part:/dev/vdb"
refused_boot written "guard: .* of /dev/vd[cd] .*was written since" failed
