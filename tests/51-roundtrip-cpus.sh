#!/bin/sh
# A round trip with one CPU and with 16 (or as CPU_COUNTS says); with one CPU, A has four levels of page tables, which the
# helper has to use as well, though the machine offers five and the ordinary kernel takes them.
. "${0%/*}/lib.sh"

for CPUS in ${CPU_COUNTS:-1 16}; do
	disks
	levels=
	[ "$CPUS" != 1 ] || levels=no5lvl
	boot "first-$CPUS" $levels
	begin_life "first-$CPUS"
	hibernate "first-$CPUS"
	expect "page table levels" "$([ "$CPUS" != 1 ] && echo 5 || echo 4)" "$(image_field paging-levels)"
	boot "second-$CPUS"
	guest_end "second-$CPUS"
	check_life "second-$CPUS"
	expect "CPUs" "$CPUS" "$(guest "second-$CPUS" nproc)"
	kill_machine "second-$CPUS"
done
