#!/bin/sh
# Shell scripts are clean, and what is built is as small as it has to be.
. "${0%/*}/lib.sh"

scripts=$(git ls-files | while read -r f; do head -n 1 "$f" | grep -q '^#!/bin/sh' && echo "$f"; done || :)
# shellcheck disable=SC2086
shellcheck -s dash -x $scripts

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
