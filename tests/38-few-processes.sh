#!/bin/sh
# The command starts at most 8 processes, itself among them, until it jumps, and 6 when it is back.
. "${0%/*}/lib.sh"

disks
boot first
processes() { sed -n 's/^processes //p' "$1"; }
# In a PID namespace nobody may ask for a jump; all that goes before it is done.
status=0
guest first 'unshare --pid --fork /usr/lib/khib-test/forks kexec-hibernate' 60 > "$OUT/refused" || status=$?
cat "$OUT/refused"
expect "exit status without a jump" 1 "$status"
grep -q 'jump to the helper: Invalid argument' "$OUT/refused" || die "it did not come to the jump"
before=$(processes "$OUT/refused")
[ "$before" -le 8 ] || die "$before processes until the jump, at most 8"

"$BUILD/talk" "$OUT/first" "$(limit 60)" '/usr/lib/khib-test/forks kexec-hibernate' > "$OUT/first.hibernate" 2>&1 &
PIDS="$PIDS $!"
ended first 60
boot second
guest_end second > "$OUT/resumed"
cat "$OUT/resumed"
grep -q '^resumed: [0-9]* MiB' "$OUT/resumed" || die "no line with the outcome"
after=$(($(processes "$OUT/resumed") - before))
[ "$after" -le 6 ] || die "$after processes after the return, at most 6"
echo "note: $before processes until the jump, $after after the return"
