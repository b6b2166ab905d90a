#!/bin/sh
# Free pages are left out wherever a kernel with KASLR has its tables: N boots in a row (3), each
# of which hibernates.
. "${0%/*}/lib.sh"

N=${N:-3}
i=0 moved=0
while [ $i -lt "$N" ]; do
	i=$((i + 1)) name=boot-$i
	disks
	boot "$name"
	guest "$name" 'head -c 300M /dev/urandom > /dev/shm/old; rm /dev/shm/old' 120
	hibernate "$name"
	line=$(grep -a 'free pages: [0-9]* in the buddy lists' "$OUT/$name.console" || :)
	[ -n "$line" ] || { grep -a 'free pages:' "$OUT/$name.console" >&2; die "$name: no free page was left out"; }
	! grep -aq 'all pages that the jump exchanged are saved' "$OUT/$name.console" || die "$name: kexec's list was not found"
	left_out=$(echo "$line" | sed 's/.*; \([0-9]*\) are left out.*/\1/')
	[ "$left_out" -gt 100000 ] || die "$name: $line"
	times=$(echo "$line" | sed 's/.*, \([0-9]*\) times one of them was read.*/\1/')
	[ "$times" = 0 ] || moved=$((moved + 1))
	echo "note: $name: window $(image_field window-start), $left_out pages left out, $times reads in exchanged pages"
	rm -f "$OUT/$name".[ion]* "$OUT/$name.monitor"
done
echo "note: $N of $N left free pages out; in $moved of them a table of the kernel lay in the window or in low memory"
