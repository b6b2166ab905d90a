#!/bin/sh
# Interrupted at any instant before the jump, or refused the jump, the command leaves nothing altered.
. "${0%/*}/lib.sh"

disks
boot vm
state() {
	guest vm 'cat /proc/sys/vm/min_free_kbytes /proc/sys/vm/percpu_pagelist_high_fraction /sys/kernel/kexec_loaded; ls /run/khib*; dd if=/dev/vdb bs=64k count=1 iflag=direct 2>/dev/null | sha256sum' | paste -sd ' '
}
# In a PID namespace nobody may ask for a jump; all that goes before it is done.
refused() {
	status=0
	out=$(guest vm 'unshare --pid --fork kexec-hibernate' 90) || status=$?
	expect "exit status: $out" 1 "$status"
	echo "$out" | grep -q 'kexec-hibernate: jump to the helper: Invalid argument' || die "no reason: $out"
	expect "after a jump that was refused" "$before" "$(state)"
}
guest vm ': > /run/khib/lock' 60
before=$(state)
refused

# File servers that do not answer are passed by, and what waits for the disks is written before.
guest vm 'for d in dead1 dead2 dead3; do mkdir /$d; setsid /usr/lib/khib-test/fuse fuse.x $d /$d > /run/fuse.log 2>&1 < /dev/null & i=0; until grep -q " /$d " /proc/self/mountinfo; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done; done; kill -STOP $(pidof fuse); echo 0 > /proc/sys/vm/dirty_writeback_centisecs; echo 360000 > /proc/sys/vm/dirty_expire_centisecs; head -c 20M /dev/urandom > /root/dirty'
refused
# All have 30 s; whoever comes later is not waited for.
for d in dead1 dead2; do
	echo "$out" | grep -q "sync: /$d did not end in 10 s, going on" || die "not a word of the server $d: $out"
done
# shellcheck disable=SC2016
expect "MiB that wait to be written" 0 "$(guest vm 'while read -r key kib unit; do [ $key != Dirty: ] || echo $((kib / 1024)); done < /proc/meminfo')"
guest vm 'kill -KILL $(pidof fuse); umount -l /dead1 /dead2 /dead3; echo 500 > /proc/sys/vm/dirty_writeback_centisecs; rm /root/dirty'

phases=$(guest vm "/usr/lib/khib-test/interrupt ${N:-50}" 900) || die "$phases"
echo "note: interrupted while it did: $(echo "$phases" | tail -n 1)"
expect "after the interruptions" "$before" "$(state)"
