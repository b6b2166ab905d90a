#!/bin/sh
# Make the helper's initramfs.
set -eu

usage() {
	cat >&2 <<'END'
usage: mkimage.sh [--busybox FILE] [--add FILE:PATH]... INIT OUTPUT
Puts INIT, and what is added, into a cpio archive; the same input gives the same
bytes.
END
	exit 2
}
die() { echo "mkimage: $*" >&2; exit 1; }

busybox='' adds=''
while [ $# -gt 0 ]; do
	case $1 in
	--busybox) busybox=${2:?--busybox needs a file}; shift 2 ;;
	--add)
		case ${2:?--add needs FILE:PATH} in
		*:/*) adds="$adds$2
" ;;
		*) die "--add $2: expected FILE:/PATH" ;;
		esac
		shift 2 ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# = 2 ] || usage
input=$1 output=$2
[ -r "$input" ] || die "$input: cannot be read"

umask 022
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT INT TERM

put() {	# file, path, mode
	[ -r "$1" ] || die "$1: cannot be read"
	mkdir -p "$tree/root$(dirname "$2")"
	cp "$1" "$tree/root$2"
	chmod "$3" "$tree/root$2"
}

# Names in a fixed order, no owners, no times: the bytes depend on the input alone.
archive() {
	(cd "$tree/root" && find . -exec touch -h -d @0 {} + &&
		find . ! -name . | LC_ALL=C sort |
		cpio --quiet -o -H newc --reproducible -R 0:0) > "$tree/cpio" || die "cpio failed"
}

mkdir "$tree/root"
mkdir "$tree/root/proc" "$tree/root/sys" "$tree/root/dev"
put "$input" /init 755
if [ -n "$busybox" ]; then
	put "$busybox" /bin/busybox 755
	for applet in sh cat dd dmesg ls mount ps reboot; do
		ln -s busybox "$tree/root/bin/$applet"
	done
fi
printf '%s' "$adds" | while IFS=: read -r file path; do
	put "$file" "$path" 755
done
archive
cp "$tree/cpio" "$output"
