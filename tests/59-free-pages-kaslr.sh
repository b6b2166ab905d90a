#!/bin/sh
# Free pages are left out wherever A has its tables: N boots in a row with KASLR (3), each of which
# hibernates; and one with the window over the tables, which A then finds again.
. "${0%/*}/lib.sh"

left_out() {	# name; prints how many pages, and how often an exchanged page was read
	line=$(grep -a 'free pages: [0-9]* in the buddy lists' "$OUT/$1.console" || :)
	[ -n "$line" ] || { grep -a 'free pages:' "$OUT/$1.console" >&2; die "$1: no free page was left out"; }
	! grep -aq 'all pages that the jump exchanged are saved' "$OUT/$1.console" || die "$1: kexec's list was not found"
	pages=$(echo "$line" | sed 's/.*; \([0-9]*\) are left out.*/\1/')
	[ "$pages" -gt 100000 ] || die "$1: $line"
	echo "$line" | sed 's/.*, \([0-9]*\) times one of them was read.*/\1/'
	echo "note: $1: window $(image_field window-start), $pages pages left out" >&2
}

N=${N:-3}
i=0 moved=0
while [ $i -lt "$N" ]; do
	i=$((i + 1)) name=boot-$i
	disks
	boot "$name"
	guest "$name" 'head -c 300M /dev/urandom > /dev/shm/old; rm /dev/shm/old' 120
	hibernate "$name"
	times=$(left_out "$name")
	[ "$times" = 0 ] || moved=$((moved + 1))
	rm -f "$OUT/$name".[ion]* "$OUT/$name.monitor"
done
echo "note: $N of $N left free pages out; in $moved of them a table of the kernel lay in the window or in low memory"

# A page that is no RAM in each other window makes A take the one at the end of its RAM, where the
# kernel put its struct pages and the page tables for them.
holes='memmap=4K$0x3aff0000' at=64
while [ $at -lt 960 ]; do
	holes="$holes memmap=4K\$${at}M" at=$((at + 64))
done
disks
boot over "nokaslr $holes"
guest over 'head -c 300M /dev/urandom > /dev/shm/old; rm /dev/shm/old' 120
begin_life over
hibernate over
expect "start of the window" 0x3b000000 "$(image_field window-start)"
times=$(left_out over)
[ "$times" -gt 0 ] || die "over: no table of the kernel lay in the window"
echo "note: over: exchanged pages were read $times times"
boot over-back "nokaslr $holes"
guest_end over-back
check_life over-back
