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

# A file server that does not answer is passed by.
guest vm 'mkdir /dead; setsid /usr/lib/khib-test/fuse fuse.x dead /dead > /run/fuse.log 2>&1 < /dev/null & i=0; until grep -q " /dead " /proc/self/mountinfo; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done; kill -STOP $(pidof fuse)'
refused
echo "$out" | grep -q 'sync: /dead did not end in 10 s, going on' || die "not a word of the server: $out"
guest vm 'kill -KILL $(pidof fuse); umount -l /dead'

phases=$(guest vm "/usr/lib/khib-test/interrupt ${N:-50}" 900) || die "$phases"
echo "note: interrupted while it did: $(echo "$phases" | tail -n 1)"
expect "after the interruptions" "$before" "$(state)"
