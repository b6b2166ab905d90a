#!/bin/sh
# A round trip with one CPU, and with four; the one with four levels of page tables, which the
# helper has to use as well, though the machine offers five and the ordinary kernel takes them.
. "${0%/*}/lib.sh"

for CPUS in 1 4; do
	disks
	levels=
	[ $CPUS = 4 ] || levels=no5lvl
	boot "first-$CPUS" $levels
	begin_life "first-$CPUS" 50
	hibernate "first-$CPUS"
	expect "page table levels" "$([ $CPUS = 4 ] && echo 5 || echo 4)" "$(image_field paging-levels)"
	boot "second-$CPUS"
	guest_end "second-$CPUS"
	check_life "second-$CPUS"
	expect "CPUs" "$CPUS" "$(guest "second-$CPUS" nproc)"
	kill_machine "second-$CPUS"
done
