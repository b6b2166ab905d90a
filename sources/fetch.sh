#!/bin/sh
# Download a Debian package named in sources/list into DIR, check it, unpack it to DIR/NAME.
# usage: fetch.sh NAME DIR     The system's own apt settings are read and never changed.
set -eu
name=${1:?package} dir=${2:?directory}
list=${0%/*}/list
die() { echo "fetch: $*" >&2; exit 1; }

line=$(grep "^$name " "$list") || die "$name is not in $list"
# shellcheck disable=SC2086
set -- $line
kind=$2 version=$3 sum=$4
mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" \
	"$dir/apt/sources" "$dir/pool/$name"
dir=$(cd "$dir" && pwd)

apt() {
	tool=$1
	shift
	"$tool" -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$dir/apt/sources" \
		-o Dir::State::Lists="$dir/apt/lists" -o Dir::Cache="$dir/apt/cache" \
		-o APT::Sandbox::User=root "$@"
}

# The lists: the system's Debian sources, asked for source packages as well.
update() {
	[ ! -e "$dir/apt/updated" ] || return 0
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -e "$f" ] || continue
		sed 's/^Types:.*/Types: deb deb-src/' "$f" > "$dir/apt/sources/${f##*/}"
	done
	if [ -s /etc/apt/sources.list ]; then
		sed -n 's/^deb \(.*\)/deb \1\ndeb-src \1/p' \
			/etc/apt/sources.list > "$dir/apt/sources/system.list"
	fi
	apt apt-get update || die "apt-get update failed"
	: > "$dir/apt/updated"
}

# The file whose hash is recorded: the .dsc, which has those of the others, or the .deb.
fetched() {
	for f in "$dir/pool/$name"/*."$kind"; do
		[ ! -e "$f" ] || { echo "$f"; return 0; }
	done
	return 1
}

download() {	# what apt knows $1 as: NAME=VERSION, or NAME for the newest
	cd "$dir/pool/$name"
	case $kind in
	dsc) apt apt-get source --download-only "$1" >/dev/null ;;
	deb) apt apt-get download "$1" >/dev/null ;;
	*) die "$list: $name: kind $kind is neither dsc nor deb" ;;
	esac
}

if ! fetched >/dev/null; then
	update
	if ! download "$name=$version" 2>/dev/null; then
		echo "fetch: notice: $name $version is gone, taking the newest" >&2
		download "$name" || die "$name: no version can be downloaded"
	fi
fi
file=$(fetched) || die "$name: nothing was downloaded"
have=$(sha256sum "$file" | cut -d' ' -f1)
case ${file##*/} in
*_"${version#*:}"_*.deb | *_"${version#*:}".dsc)
	[ "$have" = "$sum" ] || die "${file##*/}: sha256 is $have, $list has $sum" ;;
*)
	# A newer point release; apt has checked its signature, the patches must still fit.
	echo "fetch: notice: ${file##*/} instead of the recorded $version" >&2 ;;
esac

[ ! -d "$dir/$name" ] || exit 0
rm -rf "$dir/$name.new"
case $kind in
dsc) dpkg-source -x "$file" "$dir/$name.new" >/dev/null 2>&1 ;;
deb)
	mkdir "$dir/$name.new"
	dpkg-deb --fsys-tarfile "$file" | tar xf - -C "$dir/$name.new" ;;
esac
mv "$dir/$name.new" "$dir/$name"
