#!/bin/sh
# Make the table of docs/limits.md on standard output: how full may memory be?
# Settings: POINTS, words "MIB-OF-RAM:PERCENT"; CASES as for run.sh.  Wants what "make guest" makes.
cd "${0%/*}/../.." || exit 1
export BUILD="${BUILD:-$(pwd)/build}" SLOW="${SLOW:-6}" OF_TOTAL=1
export OUT="$BUILD/limits" RESULTS="$BUILD/limits/results"
mkdir -p "$OUT"
rm -f "$OUT"/*
# shellcheck source=tests/bench/machine.sh
. tests/bench/machine.sh

full_disk 4096
for point in ${POINTS:-1024:50 1024:75 1024:90 2048:95}; do
	export BENCH_MEM="${point%:*}"
	for each in ${CASES:-swsusp-lzo khib-none}; do
		case=$point-$each
		: > "$RESULTS"
		sh tests/bench/case.sh "${point#*:}" "${each%-*}" "${each##*-}" > "$OUT/$case.log" 2>&1 ||
			echo "${point#*:} ${each%-*} ${each##*-} outcome failed: $(tail -n 1 "$OUT/$case.log")" >> "$RESULTS"
		sed "s/^/$BENCH_MEM /" "$RESULTS" >> "$OUT/all"
		echo "limits: $case: $(sed -n 's/.* outcome //p' "$RESULTS")" >&2
		for console in first second; do
			[ ! -e "$OUT/$console.console" ] || mv "$OUT/$console.console" "$OUT/$case-$console.console"
		done
	done
done
rm -f "$OUT"/*.img "$OUT"/*.qcow2
awk -f tests/bench/limits.awk "$OUT/all"
