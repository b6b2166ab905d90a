#!/bin/sh
# The pure modules pass their unit tests under the sanitizers, and these run 95 % of image/ and linux/ or more.
set -eu
: "${OUT:?}" "${BUILD:?}"

[ -e /usr/include/cmocka.h ] || { echo "no cmocka.h: libcmocka-dev is not installed"; exit 77; }
make -s O="$BUILD" "$BUILD/unit" "$BUILD/unit-cover"

run() {	# program; its log is shown if it fails
	status=0
	"$BUILD/$1" > "$OUT/$1.log" 2>&1 || status=$?
	[ $status = 0 ] || { cat "$OUT/$1.log"; echo "$1: status $status"; exit 1; }
	grep '^[0-9]* groups' "$OUT/$1.log"
}

export UBSAN_OPTIONS=print_stacktrace=1
run unit
find "$BUILD/unit-cover-objects" -name '*.gcda' -exec rm {} +	# else the counts are those of all runs
run unit-cover

# gcov -n writes no files: File 'image/chunk.c' and on the next line Lines executed:97.50% of 80
(cd "$OUT" && find "$BUILD/unit-cover-objects" -name '*.gcda' -exec gcov -n {} +) > "$OUT/gcov" 2>&1
awk -F"[':% ]+" '
/^File / { file = $2 }
/^Lines executed/ && file ~ /^(image|linux|initramfs|restorer|base|tools)\/.*\.c$/ {
	printf "%-24s %6.2f %% of %d lines\n", file, $3, $5
	if (file ~ /^(image|linux)\//) { lines += $5; covered += $3 * $5 / 100 }
}
/^Lines executed/ { file = "" }
END {
	if (!lines) { print "gcov: no lines of image/ and linux/ in its output"; exit 1 }
	printf "note: line coverage of image/ and linux/: %.1f %% of %d lines\n", 100 * covered / lines, lines
	if (covered < 0.95 * lines) { print "that is less than 95 %"; exit 1 }
}' "$OUT/gcov"
