#!/bin/sh
# A process keeps its memory, file, counter and connection across hibernation, by the chained path.
. "${0%/*}/lib.sh"

disks
boot first
begin_life first
hibernate first
"$BUILD/krestore" --check "$OUT/target.img"
boot second
guest_end second
check_life second
expect "CPUs" "$CPUS" "$(guest second nproc)"
expect "the helper is unloaded" 0 "$(guest second 'cat /sys/kernel/kexec_loaded')"
expect "state of the image" used "$("$BUILD/khimage" state "$OUT/target.img" | sed -n 's/^state //p')"
