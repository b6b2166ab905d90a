#!/bin/sh
# Interrupted at any instant before the jump, or refused the jump, the command leaves nothing altered.
. "${0%/*}/lib.sh"

disks
boot vm nokaslr	# so that the window is the one of the direct path, and BOOT_ONCE runs
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

dirty='while read -r key kib unit; do [ $key != Dirty: ] || echo $((kib / 1024)); done < /proc/meminfo'
# File servers that do not answer are passed by, and what waits for the disks is written before,
# also where a disk was mounted last.  The kernel is kept from writing it by itself.
guest vm 'for d in dead1 dead2 dead3; do mkdir /$d; setsid /usr/lib/khib-test/fuse fuse.x $d /$d > /run/fuse.log 2>&1 < /dev/null & i=0; until grep -q " /$d " /proc/self/mountinfo; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done; done; kill -STOP $(pidof fuse)'
guest vm 'truncate -s 64M /root/disk; mkfs.ext4 -q /root/disk; mkdir /last; losetup /dev/loop0 /root/disk; mount /dev/loop0 /last; sync -f /last; echo 90 > /sys/block/loop0/bdi/min_ratio; echo 0 > /proc/sys/vm/dirty_writeback_centisecs; head -c 20M /dev/urandom > /last/dirty; sleep 10'
[ "$(guest vm "$dirty")" -ge 20 ] || die "the kernel writes it by itself"
status=0
left=$(guest vm "unshare --pid --fork kexec-hibernate > /run/out 2>&1 & pid=\$!; until grep -q 'sync: ' /run/out || ! kill -0 \$pid; do sleep 0.1; done; $dirty; wait \$pid" 90) || status=$?
out=$(guest vm 'cat /run/out')
expect "exit status: $out" 1 "$status"
expect "MiB that wait to be written while dead1 is waited for" 0 "$left"
# All have 30 s; whoever comes later is not waited for.
for d in dead1 dead2; do
	echo "$out" | grep -q "sync: /$d did not end in 10 s, going on" || die "not a word of the server $d: $out"
done
guest vm 'kill -KILL $(pidof fuse); umount -l /dead1 /dead2 /dead3; umount /last; losetup -d /dev/loop0; rm /root/disk; echo 500 > /proc/sys/vm/dirty_writeback_centisecs'
expect "after a jump that was refused" "$before" "$(state)"

phases=$(guest vm "/usr/lib/khib-test/interrupt ${N:-50}" 900) || die "$phases"
echo "note: interrupted while it did: $(echo "$phases" | tail -n 1)"
expect "after the interruptions" "$before" "$(state)"
