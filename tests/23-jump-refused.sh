#!/bin/sh
# A jump that the helper's kernel refuses is tried again; an image that C could not jump into stays.
. "${0%/*}/lib.sh"

# The refusal is the freezer's: a task of tests/guest/busy.c waits for a disk that QEMU holds back.
klcc -static -Os -Wall -Wextra -Werror -D_GNU_SOURCE -o "$OUT/busy" tests/guest/busy.c
./mkimage.sh --add "$BUILD/init:/khib-init" "$OUT/busy" "$OUT/busy.cpio"
truncate -s 4M "$OUT/slow.img" "$OUT/cpio.img"
dd if="$OUT/busy.cpio" of="$OUT/cpio.img" conv=notrunc status=none
slow="-drive file=$OUT/slow.img,if=none,id=slow,format=raw -device virtio-blk-pci,drive=slow
	-drive file=$OUT/cpio.img,if=none,id=cpio,format=raw -device virtio-blk-pci,drive=cpio"
hold() { monitor "$1" 'block_set_io_throttle slow 10 0 0 0 0 0' > /dev/null; }
release() { monitor "$1" 'block_set_io_throttle slow 0 0 0 0 0 0' > /dev/null; }
refused='hibernate: jump, try'

disks
# shellcheck disable=SC2086
boot first nokaslr $slow	# so that the window is the one of boot_helper
begin_life first 50
hibernate first

# C, for ever: five tries, and the image is there for the next boot.
# shellcheck disable=SC2034 # for boot_helper
HELPER_INITRD=$OUT/busy.cpio
# shellcheck disable=SC2086
boot_helper forever khib.resume=part:/dev/vdb $slow
until_console forever 'busy: reading'
hold forever
ended forever 120
expect_console forever "$refused 5 of 5: Device or resource busy"
expect "state after five refusals" resuming "$(image_field state)"

# C, once: A comes back at the second try or a later one.
# shellcheck disable=SC2086
boot_helper once khib.resume=part:/dev/vdb $slow
until_console once 'busy: reading'
hold once
until_console once "$refused 1 of 5"
release once
guest_end once 120
check_life once
expect "state" used "$(image_field state)"

# B, with Esc on a target that is slow.  What A has installed is replaced, and is called the same.
guest once "head -c $(stat -c %s "$OUT/busy.cpio") /dev/vdd > /usr/lib/kexec-hibernate/helper.cpio" 60
build=$(guest once '/usr/lib/kexec-hibernate/khib identity | grep ^build')
guest once "sed -i 's/^build .*/$build/' /run/khib/boot /var/lib/kexec-hibernate/initramfs/*" 60
guest once 'touch /boot/initrd.img*'
monitor once 'block_set_io_throttle target 0 0 2000000 0 0 0' > /dev/null
go_back() {	# which time
	"$BUILD/talk" "$OUT/once" "$(limit 180)" kexec-hibernate > "$OUT/back-$1" 2>&1 &
	talk=$!
	PIDS="$PIDS $talk"
	until_console once 'busy: reading' $((1 + $1))
	hold once
	until_console once 'hibernate: guards: fingerprints' "$1"
	monitor once 'sendkey esc' > /dev/null
	until_console once "$refused 1 of 5" $((1 + $1))
}
go_back 1
release once
status=0
wait $talk || status=$?
cat "$OUT/back-1"
expect "exit status" 3 "$status"
check_life once
expect "CPUs" "$CPUS" "$(guest once nproc)"

# B, for ever: nothing is left but a reboot, and that takes place.
go_back 2
ended once 120
expect_console once "$refused 5 of 5: Device or resource busy"
expect_console once 'no way back: rebooting'
