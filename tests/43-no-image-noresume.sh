#!/bin/sh
# A boot with no image is an ordinary boot; noresume sets an image aside for good.
. "${0%/*}/lib.sh"

disks
boot none
expect "boot script looked" "seen part:/dev/vdb" "$(guest none 'grep part: /run/khib/boot' 60)"
guest none 'head -c 10M /dev/urandom > /dev/shm/random; mkdir -p /root/x' 60
hibernate none
boot noresume noresume
expect "an ordinary boot" ordinary "$(guest noresume 'test -e /dev/shm/random || echo ordinary' 60)"
expect_console noresume 'part:/dev/vdb: not resumed: noresume is on the command line'
expect "state" failed "$(image_field state)"
expect "reason" 'noresume is on the command line' "$(image_field reason)"
guest noresume "kexec-hibernate status" > "$OUT/status"
grep -A1 "^  set aside 20.*, never to be resumed:" "$OUT/status" | grep -qx "  noresume is on the command line" ||
	die "status: $(cat "$OUT/status")"
guest noresume 'echo new > /root/new; sync'
kill_machine noresume

boot later
expect "an ordinary boot" ordinary "$(guest later 'test -e /dev/shm/random || echo ordinary' 60)"
# It was told of once.
! grep -q 'kexec-hibernate:' "$OUT/later.console" || die "told again: $(grep 'kexec-hibernate:' "$OUT/later.console")"
# The target is free for the next session.
hibernate later --reboot
expect_console later 'hibernate: rebooting'
boot resumed
guest_end resumed
guest resumed 'cat /root/new'
