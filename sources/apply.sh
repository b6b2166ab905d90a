#!/bin/sh
# Apply the patches that PATCHES/series names to TREE, in order and with no fuzz.
# usage: apply.sh PATCHES TREE
set -eu
patches=${1:?directory of patches} tree=${2:?source tree}

sed 's/#.*//' "$patches/series" | while read -r p; do
	[ -n "$p" ] || continue
	patch -d "$tree" -p1 --fuzz=0 --no-backup-if-mismatch -s < "$patches/$p" || {
		echo "apply: $patches/$p does not apply to $tree" >&2
		exit 1
	}
done
