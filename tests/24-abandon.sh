#!/bin/sh
# Esc and Ctrl-Alt-Del while the helper saves bring A back, and restart nothing.
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # for qemu
TARGET_OPTIONS=,throttling.bps-write=2000000
disks
boot vm
begin_life vm 100

abandon() {	# which time, keys for QEMU, what A must be told
	"$BUILD/talk" "$OUT/vm" "$(limit 120)" kexec-hibernate > "$OUT/abandon-$1" 2>&1 &
	talk=$!
	PIDS="$PIDS $talk"
	until_console vm 'hibernate: guards: fingerprints' "$1"
	monitor vm "sendkey $2" > /dev/null
	status=0
	wait $talk || status=$?
	cat "$OUT/abandon-$1"
	expect "exit status" 3 "$status"
	grep -q "not hibernated: $3" "$OUT/abandon-$1" || die "A was not told: $3"
	check_life vm
	expect "CPUs" "$CPUS" "$(guest vm nproc)"
	guest vm 'echo yes > /root/written && sync' > /dev/null
	expect "state of the target" empty "$(image_field state)"
	expect "reason in the target" "$3" "$(image_field reason)"
}
abandon 1 ctrl-alt-delete 'abandoned by the user: Ctrl-Alt-Del was pressed'
# An arrow key sends an Esc as well, but not alone; it must not end the third save.
abandon 2 esc 'abandoned by the user: Esc was pressed'
monitor vm 'block_set_io_throttle target 10000000 0 0 0 0 0' > /dev/null
(until_console vm 'hibernate: guards: fingerprints' 3; monitor vm 'sendkey up' > /dev/null) &
PIDS="$PIDS $!"
hibernate vm
boot second
guest_end second 120
check_life second
