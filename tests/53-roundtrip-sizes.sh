#!/bin/sh
# Round trips with 512 MiB, with 3 GiB, and with 5 GiB, where RAM goes on above the hole at 4 GiB.
. "${0%/*}/lib.sh"

for MEM in 512 3072 5120; do
	disks 6G
	boot "first-$MEM"
	# In the large machine the kernel lies below the hole, and data is put above it first.
	begin_life "first-$MEM" 100
	hibernate "first-$MEM"
	boot "second-$MEM"
	guest_end "second-$MEM" 180
	check_life "second-$MEM"
	kill_machine "second-$MEM"
done
