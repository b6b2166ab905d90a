# shellcheck shell=sh
# The figures of one case: each is a line "LEVEL SYSTEM CODEC KEY VALUE" in $RESULTS.
# shellcheck source=tests/bench/machine.sh
. tests/bench/machine.sh
MEM=${BENCH_MEM:-$MEM}
: "${RESULTS:?}" "${level:?}" "${system:?}" "${codec:?}"

put() { echo "$level $system $codec $*" >> "$RESULTS"; }
outcome() { put outcome "$*"; }

begin() {	# kernel parameters of the guest
	fresh_disks
	boot first "$1"
	guest first true 120
}
# The same amount for every case of a level: what the level wants, less what an idle guest has in use;
# or, for the table of limits, that share of MemTotal.
begin_fill() {
	[ -s "$OUT/idle-mib" ] || used_mib first > "$OUT/idle-mib"
	wanted=$((MEM * level / 100 - $(cat "$OUT/idle-mib")))
	[ -z "${OF_TOTAL-}" ] || wanted=$(guest first "awk '/^MemTotal/ { print int(\$2 * $level / 102400) + 1 }' /proc/meminfo")
	put fill_mib "$wanted"
	fill first "$wanted"
	guest first sync
	memory_state first > "$OUT/before"
}

# Is it the same boot with the same contents, and what had to go for it?
check_contents() {	# name, prefix for the keys
	memory_state "$1" > "$OUT/after"
	report=$(fill_report "$1")
	case $report in sum*) put "${2-}touch_s" "$(seconds "${report##* }")" ;; esac
	for field in Cached Mapped; do
		put "${2-}$(echo $field | tr CM cm)_lost_kib" $(($(state_field "$OUT/before" $field) - $(state_field "$OUT/after" $field)))
	done
	put "${2-}swapped_kib" $(($(state_field "$OUT/after" SwapTotal) - $(state_field "$OUT/after" SwapFree)))
	case $report in "sum $FILL_SUM "*) ;; *) outcome "lost: contents are '$report', were $FILL_SUM"; return 1 ;; esac
	[ "$(state_field "$OUT/before" boot_id)" = "$(state_field "$OUT/after" boot_id)" ] || { outcome "lost: another boot"; return 1; }
	[ "$(state_field "$OUT/after" oom)" = "$(state_field "$OUT/before" oom)" ] || { outcome "lost: a process was killed"; return 1; }
}

# The machine is on again: how long until the guest answers?
woken() {	# key, kernel parameters or "direct"
	sync "$OUT/target.img"
	woken_start=$(now_ms)
	case $2 in
	direct) boot_helper second "khib.resume=part:ID=$(image_field id)" ;;
	*) boot second "$2" ;;
	esac
	# A guest that booted anew answers as well, and is found out by its boot_id.
	(guest second true 60) > "$OUT/second.answer" 2>&1 || { outcome "lost: $1: $(tail -n 1 "$OUT/second.answer")"; return 1; }
	put "$1" "$(seconds $(($(now_ms) - woken_start)))"
}

# The disk's own limit, for as many bytes; the image is of no more use.
against_dd() {	# bytes
	mib=$((($1 + 1048575) >> 20))
	put dd_mib $mib
	put dd_read_s "$(seconds "$(dd_ms second read $mib)")"
	put dd_write_s "$(seconds "$(dd_ms second write $mib)")"
}

# Seconds of the helper's kernel when its init began its work: the end of a phase less its length.
phase() {	# name, saving | restoring, key for the phase, key for what was before
	set -- "$3" "$4" "$(from_console "$1" "\[ *([0-9.]+)\] hibernate: $2: .* MiB in .* s,")" \
		"$(from_console "$1" "hibernate: $2: .* MiB in ([0-9.]+) s,")"
	put "$1" "$4"
	put "$2" "$(awk "BEGIN { printf \"%.3f\", $3 - $4 }")"
}

# A stand-in for kexec in the guest notes the seconds that it took to load the helper.
time_helper_load() {
	guest "$1" 'cd /usr/lib/kexec-hibernate && mv kexec kexec.real && cp /usr/lib/khib-test/kexec-timed kexec'
}
