#!/bin/sh
# What lies in free memory is not saved: by kernels with and without KASLR, with four and five
# levels of page tables.  The saver finds as many free pages as the kernel counts; if it does not,
# it says so and saves them all.
. "${0%/*}/lib.sh"

# Pages in the buddy lists, NR_FREE_PAGES, and those left out: from the helper's line on the console.
counts() {
	sed -n 's/.*free pages: \([0-9]*\) in the buddy lists, NR_FREE_PAGES is \([0-9]*\);.*; \([0-9]*\) are left out.*/\1 \2 \3/p' \
		"$OUT/$1.console"
}
# The page of the machine's memory in which kernel A has its VMCOREINFO.
vmcoreinfo() {	# name; sets note, the address
	note=$(guest "$1" 'cut -d " " -f 1 /sys/kernel/vmcoreinfo')
	monitor "$1" "pmemsave $note 4096 \"$OUT/$1.note\"" > /dev/null
}

# Five zones at most are populated, and each may be 125 pages off.
check_counts() {	# name
	# shellcheck disable=SC2046
	set -- "$1" $(counts "$1")
	[ $# = 4 ] || { console_tail "$1"; die "$1: no line with the counts"; }
	echo "note: $1: $2 pages in the buddy lists, NR_FREE_PAGES is $3, $4 left out"
	apart=$(($2 - $3))
	[ "${apart#-}" -le 625 ] || die "$1: $2 and $3 are not the same"
	# For each page that the jump exchanged and that was free there is a source page.
	! grep -q "all pages that the jump exchanged are saved" "$OUT/$1.console" || die "$1: kexec's list was not found"
	[ "$4" -ge "$2" ] || die "$1: of $2 free pages $4 are left out"
}

# 650 MiB of old data lie in free memory and 100 MiB are in use.
save() {	# name, kernel parameters
	disks
	boot "$1" "${2-}"
	guest "$1" 'head -c 650M /dev/urandom > /dev/shm/old; rm /dev/shm/old' 120
	begin_life "$1" 100
	guest "$1" 'kexec-hibernate --dry-run' | grep -qx 'plan: free pages are left out' || die "$1: not in the plan"
}
resume() {	# the new name
	boot "$1"
	guest_end "$1"
	check_life "$1"
	kill_machine "$1"
}
size_mib() { echo $(($(image_field bytes) >> 20)); }

save first
hibernate first
check_counts first
size=$(size_mib)
echo "note: image: $size MiB"
# 100 MiB of data, the system itself, and the source pages of the window.
[ "$size" -lt 350 ] || die "the image has $size MiB"
"$BUILD/krestore" --check "$OUT/target.img"
resume second

save plain 'nokaslr no5lvl'
hibernate plain
check_counts plain
resume plain-second

# The kernel's note is changed in its memory: NR_FREE_PAGES is said to be another counter.
save doubt
vmcoreinfo doubt
at=$(LC_ALL=C grep -abo 'NUMBER(NR_FREE_PAGES)=0' "$OUT/doubt.note" | cut -d : -f 1)
[ -n "$at" ] || die "no NR_FREE_PAGES in $(tr -d '\0' < "$OUT/doubt.note" | head -c 300)"
monitor doubt "gdbserver unix:$OUT/gdb,server=on,wait=off" > /dev/null
cat > "$OUT/gdb.cmd" <<END
set architecture i386:x86-64
target remote $OUT/gdb
maintenance packet Qqemu.PhyMemMode:1
set {char}$((note + at + 22)) = '5'
x/s $((note + at))
detach
END
timeout "$(limit 60)" gdb -q -batch -x "$OUT/gdb.cmd" > "$OUT/gdb.log" 2>&1
grep -q 'NR_FREE_PAGES)=5' "$OUT/gdb.log" || die "gdb: $(cat "$OUT/gdb.log")"
hibernate doubt
expect_console doubt 'free pages: [0-9]* pages in the buddy lists, NR_FREE_PAGES is [0-9]*: more than [0-9]* apart; all pages are saved'
expect_console doubt 'image on .* is armed: .* zero, 0 free, '
doubt=$(size_mib)
[ "$doubt" -gt $((size + 400)) ] || die "the image of all pages has $doubt MiB, that without free pages $size"
resume doubt-second
