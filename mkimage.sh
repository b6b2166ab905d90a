#!/bin/sh
# Make the helper's initramfs, or append a session to one.
set -eu

usage() {
	cat >&2 <<'END'
usage: mkimage.sh [--busybox FILE] [--add FILE:PATH]... INIT OUTPUT
       mkimage.sh --session FILE BASE OUTPUT
The first form puts INIT, and what is added, into a cpio archive; the same input
gives the same bytes.  The second writes BASE followed by a small archive that
holds FILE as /etc/khib/session.
END
	exit 2
}
die() { echo "mkimage: $*" >&2; exit 1; }

busybox='' session='' adds=''
while [ $# -gt 0 ]; do
	case $1 in
	--busybox) busybox=${2:?--busybox needs a file}; shift 2 ;;
	--session) session=${2:?--session needs a file}; shift 2 ;;
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

# One entry of a "newc" archive (early-userspace/buffer-format.rst in Linux's Documentation):
# a header of 110 bytes and the name, then the contents, each filled up to a multiple of 4.
entry() {	# name, mode, text
	text=${3-}
	printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' \
		0 "$2" 0 0 1 0 ${#text} 0 0 0 0 $((${#1} + 1)) 0 "$1"
	fill $((110 + ${#1} + 1))
	printf %s "$text"
	fill ${#text}
}
fill() {	# so many bytes stand there
	case $(($1 % 4)) in 1) printf '\0\0\0' ;; 2) printf '\0\0' ;; 3) printf '\0' ;; esac
}

# The session is made while a person waits, so without cpio and the processes that it wants.
if [ -n "$session" ]; then
	[ -r "$session" ] || die "$session: cannot be read"
	LC_ALL=C	# so that ${#text} counts bytes
	end=$(tail -c 1 "$session")
	[ -z "$end" ] || die "$session: its last line has no end"
	# The kernel wants each archive at a multiple of 4; cpio fills up to 512.
	[ $(($(stat -L -c %s "$input") % 4)) = 0 ] || die "$input: its size is no multiple of 4"
	{
		cat "$input"
		entry etc 0040755
		entry etc/khib 0040755
		entry etc/khib/session 0100600 "$(cat "$session")
"
		entry 'TRAILER!!!' 0
	} > "$output"
	exit 0
fi

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
