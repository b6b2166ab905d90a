#!/bin/sh
# Compare with the kernel's own hibernation, case after case, in one kind of machine: make bench.
# Settings: CASES and LEVELS, words of the lists below; QUICK=1 for one level and two cases;
# DISK_MIB, the target's size; DISK_MIBS, the MiB/s that QEMU lets it have (none: the host's page cache).
cd "${0%/*}/../.." || exit 1
export BUILD="${BUILD:-$(pwd)/build}"
export OUT="$BUILD/bench" RESULTS="$BUILD/bench/results" SLOW="${SLOW:-6}"
mkdir -p "$OUT"
rm -f "$OUT"/*
# shellcheck source=tests/bench/machine.sh
. tests/bench/machine.sh

[ -z "${QUICK-}" ] || { CASES=${CASES-"swsusp-lz4 khib-none"} LEVELS=${LEVELS-30}; }
CASES=${CASES:-swsusp-lzo swsusp-lz4 swsusp-none khib-none khib-lz4 khib-zstd}
LEVELS=${LEVELS:-30 60 85}

disk="the host's page cache"
[ -z "${DISK_MIBS-}" ] || {
	disk="limited to $DISK_MIBS MiB/s"
	export TARGET_OPTIONS=",throttling.bps-total=$((DISK_MIBS << 20))"
}
full_disk "${DISK_MIB:-2048}"
begun=$(now_ms)
for level in $LEVELS; do
	for each in $CASES; do
		case=$level-$each
		# What goes wrong in a case is a result of that case.
		sh tests/bench/case.sh "$level" "${each%-*}" "${each##*-}" > "$OUT/$case.log" 2>&1 ||
			echo "$level ${each%-*} ${each##*-} outcome failed: $(tail -n 1 "$OUT/$case.log")" >> "$RESULTS"
		echo "bench: $case: $(sed -n "s/^$level ${each%-*} ${each##*-} outcome //p" "$RESULTS")"
		for console in first second; do
			[ ! -e "$OUT/$console.console" ] || mv "$OUT/$console.console" "$OUT/$case-$console.console"
		done
	done
done
rm -f "$OUT"/*.img "$OUT"/*.qcow2
{
	echo "0 run - mem_mib $MEM"
	echo "0 run - cpus $CPUS"
	echo "0 run - disk $disk"
	echo "0 run - minutes $((($(now_ms) - begun) / 60000))"
	echo "0 run - load $(cut -d ' ' -f 1-3 /proc/loadavg)"
	echo "0 run - commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
} >> "$RESULTS"

for kind in table json svg; do
	awk -f tests/bench/figures.awk -f tests/bench/$kind.awk "$RESULTS" > "$OUT/bench.$kind"
done
mv "$OUT/bench.table" "$OUT/table.txt"
cat "$OUT/table.txt"
# Slow is a figure.  Contents that did not come back are a failure.
! grep ' outcome lost' "$RESULTS" >&2 || die "contents did not come back where success was claimed"
