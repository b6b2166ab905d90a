#!/bin/sh
# A guest whose processes use 90 % of 1 GiB, or 95 % of 2 GiB, comes back whole, without swap, and nothing was evicted.
. "${0%/*}/bench/machine.sh"

full() {	# MiB of RAM, percent that a process uses
	MEM=$1
	vm=$1-$2
	truncate -s 3G "$OUT/target.img"
	fresh_disks
	boot "$vm" nokaslr
	total=$(guest "$vm" "sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo")
	fill "$vm" $((total * $2 / 100 / 1024 + 1))
	# The command's own files shall be in the cache already, or they would hide what is evicted; but for
	# those that it forgets itself before it jumps (carry-out.c).
	guest "$vm" 'cd /usr/lib/kexec-hibernate && for f in *; do case $f in helper | helper-net | helper.cpio | kexec) ;; *) cat $f ;; esac; done > /dev/null'
	guest "$vm" 'kexec-hibernate --dry-run' > "$OUT/$vm.plan" || die "refused: $(cat "$OUT/$vm.plan")"
	# The plan has read three of them for their hash.
	guest "$vm" 'cd /usr/lib/kexec-hibernate && for f in helper helper-net helper.cpio; do dd if=$f iflag=nocache count=0; done 2> /dev/null'
	memory_state "$vm" > "$OUT/$vm.before"
	[ $(($(state_field "$OUT/$vm.before" AnonPages) * 100)) -ge $((total * $2)) ] || die "$vm: memory is not as full as wanted"
	expect "$vm: swap" 0 "$(state_field "$OUT/$vm.before" SwapTotal)"
	until_off "$vm" kexec-hibernate || die "$vm: not hibernated: $(cat "$OUT/$vm.answer")"

	boot "$vm-back" nokaslr
	guest "$vm-back" true 180 > /dev/null
	report=$(fill_report "$vm-back")
	memory_state "$vm-back" > "$OUT/$vm.after"
	case $report in "sum $FILL_SUM "*) ;; *) die "$vm: contents are '$report', were $FILL_SUM" ;; esac
	for field in boot_id oom; do
		expect "$vm: $field" "$(state_field "$OUT/$vm.before" $field)" "$(state_field "$OUT/$vm.after" $field)"
	done
	lost=$(($(state_field "$OUT/$vm.before" Cached) - $(state_field "$OUT/$vm.after" Cached)))
	echo "note: $1 MiB, a process of $2 % of MemTotal: $(state_field "$OUT/$vm.before" MemFree) KiB free before, page cache $lost KiB smaller, \
$(from_console "$vm" '(window: .*)'), reserve $(guest "$vm-back" 'cat /proc/sys/vm/min_free_kbytes') KiB"
	# A page or two of files that nobody maps any more come and go.
	[ $lost -lt 256 ] || die "$vm: $lost KiB of page cache were evicted"
	kill_machine "$vm-back"
}

full 1024 90
full 2048 95
