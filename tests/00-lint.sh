#!/bin/sh
# Shell scripts are clean, lines and the whole are as short as they have to be, and so is what is built.
. "${0%/*}/lib.sh"

scripts=$(git ls-files | while read -r f; do head -n 1 "$f" | grep -q '^#!/bin/sh' && echo "$f"; done || :)
# shellcheck disable=SC2086
shellcheck -s dash -x $scripts

# C and sh outside tests/, those too that have no #! line because others source them.
git ls-files | while read -r f; do
	case $f in
	tests/*) ;;
	*.[chS]) echo "$f" ;;
	*) ! head -n 1 "$f" | grep -qE '^#!/bin/sh|^# shellcheck shell=sh' || echo "$f" ;;
	esac
done > "$OUT/sources"
xargs awk '
function width(s,  n, i) {	# with tabs of 8 columns
	while (i = index(s, "\t")) { n += i - 1; n += 8 - n % 8; s = substr(s, i + 1) }
	return n + length(s)
}
width($0) > 100 { printf "%s:%d: %d columns, at most 100 are allowed\n", FILENAME, FNR, width($0) }
' > "$OUT/wide" <<END
$(cat "$OUT/sources"; git ls-files 'tests/*.[ch]')
END
lines=$(xargs cat < "$OUT/sources" | wc -l)
# Whoever raises it says for what.  14100: all up to targets that are partitions; 1000: the interface of targets, swap areas; 600: file:, dev:; 1300: networks, nbd:, targets.
echo "note: $lines lines of C and sh outside tests, limit 17000"
[ "$lines" -le 17000 ] || die "$lines lines of C and sh outside tests, the limit is 17000"
[ ! -s "$OUT/wide" ] || { cat "$OUT/wide" >&2; die "$(wc -l < "$OUT/wide") lines are too wide"; }

smaller() {	# file, limit in bytes
	size=$(stat -L -c %s "$1")
	[ "$size" -lt "$2" ] || die "$1: $size bytes, the limit is $2"
	echo "note: ${1##*/build/}: $size bytes, limit $2"
}
smaller "$BUILD/init" 500000
smaller "$BUILD/helper.cpio" 600000
smaller "$BUILD/helper/bzImage" 4000000
file=$(od -An -c -N 4 "$BUILD/init" | tr -d ' ')
expect "init is an ELF file" '177ELF' "${file#\\}"
! grep -aq 'ld-linux' "$BUILD/init" || die "init is not static"
added=$(sed 's/#.*//' kernel-patches/series | while read -r p; do [ -z "$p" ] || cat "kernel-patches/$p"; done | grep -c '^+[^+]')
[ "$added" -lt 600 ] || die "the kernel patches add $added lines, the limit is 600"
echo "note: the kernel patches add $added lines, limit 600"
