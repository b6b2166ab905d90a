#!/bin/sh
# dev: a file on a USB stick that A has not mounted, with ext4 and with vfat.
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # for qemu
TARGET_DISK=usb TARGET_DEVICE_OPTIONS=,id=stick
conf=/etc/kexec-hibernate.conf
place=dev:/dev/sda:/dir/hib.img
said() { guest "$1" "kexec-hibernate --dry-run 2>&1" 60 || :; }
stick() {	# file system
	disks 700M
	case $1 in
	# It asks for a panic on errors, which would end B's kernel, and A.
	ext4) mkfs.ext4 -q -F "$OUT/target.img" && tune2fs -e panic "$OUT/target.img" > /dev/null ;;
	vfat) mkfs.vfat "$OUT/target.img" > /dev/null ;;
	esac
}
on_stick() { guest "$1" "mkdir -p /x && mount /dev/sda /x && { $2; status=\$?; umount /x; (exit \$status); }" 60; }
check_stick() {	# file system, machine
	expect "$2: on the stick" "bystander dir hib.img same" "$(on_stick "$2" 'cd /x; rm -rf lost+found; echo $(ls -A . dir | grep -v :) $(sha256sum < bystander | cmp - /run/bystander && echo same); cd /')"
	cp --sparse=always "$OUT/target.img" "$OUT/copy.img"
	case $1 in
	ext4) fsck.ext4 -fn "$OUT/copy.img" ;;
	vfat) fsck.vfat -n "$OUT/copy.img" ;;
	esac > "$OUT/fsck-$1" 2>&1 || die "$(cat "$OUT/fsck-$1")"
}
save() {	# machine
	"$BUILD/talk" "$OUT/$1" "$(limit 120)" kexec-hibernate > "$OUT/$1.hibernate" 2>&1 &
	talk=$!
	PIDS="$PIDS $talk"
}

for fs in vfat ext4; do
	stick $fs
	boot $fs "khib.resume=$place"
	guest $fs "echo TARGET=$place > $conf"
	on_stick $fs 'mkdir /x/dir; head -c 40M /dev/urandom > /x/bystander; sha256sum < /x/bystander > /run/bystander'
	begin_life $fs
	hibernate $fs "" -
	boot $fs-back "khib.resume=$place"
	guest_end $fs-back 120 > "$OUT/$fs.end"
	cat "$OUT/$fs.end"
	! grep 'no such device' "$OUT/$fs.end" || die "A looked for the stick before it was back"
	check_life $fs-back
	check_stick $fs $fs-back
	expect "status" "  resumed" "$(guest $fs-back 'kexec-hibernate status' 60 | sed -n '3s/ [0-9].*//p')"
	[ $fs = ext4 ] || kill_machine $fs-back
done
vm=ext4-back

# What A refuses.
refuses() {	# message, command before
	guest $vm "$2" 60 > /dev/null
	said $vm | grep -q "$1" || die "no message '$1' in: $(said $vm)"
}
refuses '/dev/sda: is in use, see /proc/mounts' 'mount /dev/sda /x'
refuses '/dir/hib.img is there already, discard or delete it: head: ' 'head -c 8192 /dev/urandom > /x/dir/hib.img; umount /x'
refuses '/dev/sda can be read only' 'mount /dev/sda /x; rm /x/dir/hib.img; umount /x; blockdev --setro /dev/sda'
refuses '^plan: save to' 'blockdev --setrw /dev/sda'
refuses '/dev/sda has [0-9]* KiB, [0-9]* KiB of memory are in use' 'mount /dev/sda /x; head -c 1G /dev/zero > /x/full || :; umount /x'
refuses '^plan: save to' 'mount /dev/sda /x; rm /x/full; umount /x'

guest $vm "sed -i s/sda/vda/ $conf"
refuses '/dev/vda: is in use, see /proc/mounts' true
guest $vm "sed -i s/vda/vdb/ $conf"
refuses 'target /dev/vdb: no such device' true
guest $vm "sed -i s/vdb/sda/ $conf"

# The stick is pulled while B writes to it: A is back.
monitor $vm 'block_set_io_throttle target 0 0 10000000 0 0 0' > /dev/null
save $vm
until_console $vm 'hibernate: guards: fingerprints' 1
sleep 3
began=$(date +%s)
monitor $vm 'device_del stick' > /dev/null
status=0
wait "$talk" || status=$?
echo "note: back $(($(date +%s) - began)) s after the stick was pulled"
cat "$OUT/$vm.hibernate"
expect "exit status" 3 "$status"
grep -q 'not hibernated: .*/dev/sda' "$OUT/$vm.hibernate" || die "no word of the stick"
check_life $vm
