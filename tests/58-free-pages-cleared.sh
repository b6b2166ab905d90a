#!/bin/sh
# A kernel that clears or poisons what it frees finds its free pages so after a resume, whatever
# they held on the machine before.
. "${0%/*}/lib.sh"

# 128 MiB that QEMU has in the machine's memory when it starts; each page is one line.
OLD=0x20000000
yes "$(printf 'KHIB old data %4081s' x)" | head -c 128M > "$OUT/old.img"

# How many of these pages are left.
old_pages() {	# name
	dump_memory "$1" $OLD 0x8000000
	grep -ac '^KHIB old data' "$OUT/$1.dump" || :
}

round() {	# name, kernel parameters, what the plan says
	disks
	boot "$1" "$2"
	guest "$1" 'kexec-hibernate --dry-run' > "$OUT/plan"
	grep -qx "plan: free pages are $3" "$OUT/plan" || die "$1: $(cat "$OUT/plan")"
	begin_life "$1" 50
	hibernate "$1"
	# The kernel that resumes has not the parameters, so that it leaves its memory as it is.
	boot "$1-second" '' -device "loader,file=$OUT/old.img,addr=$OLD,force-raw=on"
	guest_end "$1-second"
	left=$(old_pages "$1-second")
	echo "note: $1: $left old pages left of 32768"
	check_life "$1-second"
}

# That the old data would be there, were it not cleared.
round leave '' 'left out'
[ "$left" -gt 10000 ] || die "old data does not stay in free memory: the rest of this test says nothing"
kill_machine leave-second

round zero 'init_on_free=1' 'left out, and cleared at the resume: init_on_free'
expect "old pages" 0 "$left"
# This kernel hands out free pages as they are.
guest zero-second '/usr/lib/khib-test/fresh 600' 60
kill_machine zero-second

# What the plan makes of a command line put over the real one; the unit tests have more.
disks
boot unknown
guest unknown 'touch /run/cmdline; mount --bind /run/cmdline /proc/cmdline'
decides() {	# command line, what the plan says
	guest unknown "echo '$1' > /run/cmdline; kexec-hibernate --dry-run" > "$OUT/plan" || :
	grep -qxF "plan: free pages are $2" "$OUT/plan" || die "command line '$1': not '$2': $(cat "$OUT/plan")"
}
decides 'quiet' 'left out'
decides 'init_on_free=1 init_on_free=off' 'left out'
decides 'x="a b" init_on_free="1"' 'left out, and cleared at the resume: init_on_free'
decides 'page_poison=1 init_on_free=1' 'left out, and poisoned at the resume: page_poison'
guest unknown 'umount /proc/cmdline'
config=$(guest unknown 'zcat /proc/config.gz')
kill_machine unknown

echo "$config" | grep -q '^CONFIG_PAGE_POISONING=y' || die "kernel A has no CONFIG_PAGE_POISONING"
round poison 'page_poison=1 init_on_free=1' 'left out, and poisoned at the resume: page_poison'
expect "old pages" 0 "$left"
# This kernel looks at each page that it hands out.
guest poison-second '/usr/lib/khib-test/fresh 600' 60
guest poison-second '! dmesg | grep -i pagealloc' || die "free pages without the poison"
