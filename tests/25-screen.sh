#!/bin/sh
# The helper can be seen on a screen that A's own driver has switched to graphics.
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # for qemu
TARGET_OPTIONS=,throttling.bps-write=2000000
disks
boot vm "console=tty0 console=ttyS0" -vga std
begin_life vm 50
guest vm 'grep -q bochs-drm /proc/fb' || die "A shows text, not graphics: $(guest vm 'cat /proc/fb')"

"$BUILD/talk" "$OUT/vm" "$(limit 120)" kexec-hibernate > "$OUT/back" 2>&1 &
talk=$!
PIDS="$PIDS $talk"
until_console vm 'hibernate: saving: [0-9]+ %'
one=$(lit vm one)
until_console vm 'hibernate: saving: [0-9]+ %' 2
two=$(lit vm two)
echo "bytes that are not zero: $one, then $two"
expect "pictures that are black" "" "$(for n in $one $two; do [ "$n" -gt 3000 ] || echo "$n"; done)"
! cmp -s "$OUT/one.ppm" "$OUT/two.ppm" || die "the screen does not change"
monitor vm 'sendkey esc' > /dev/null
status=0
wait $talk || status=$?
expect "exit status" 3 "$status"
check_life vm
# And A has its screen again.
[ "$(lit vm back)" -gt 3000 ] || die "A's screen is black"
