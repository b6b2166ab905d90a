#!/bin/sh
# Build one of the kernels: its fragments over allnoconfig, with the patches of series.
# usage: build.sh main|helper|helper-net BUILD-DIR
# It makes BUILD-DIR/NAME/bzImage, config and drivers.
#
# Built kernels are kept outside the tree, in $KHIB_CACHE, under a hash of everything
# that goes into them, so that a clean clone need not build them again.
set -eu
here=$(cd "${0%/*}" && pwd)
name=${1:?main, helper or helper-net} build=${2:?build directory}
cache=${KHIB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kexec-hibernate}
package=$(cut -d' ' -f1 "$here/base")
die() { echo "kernel $name: $*" >&2; exit 1; }

mkdir -p "$build"
build=$(cd "$build" && pwd)
fragments() {
	case $name in
	helper-net) cat "$here/helper.config" "$here/net.config" ;;
	*) cat "$here/$name.config" ;;
	esac
}
inputs() {
	fragments
	cat "$here/base" "$here/build.sh" "$here/series"
	sed 's/#.*//' "$here/series" | while read -r p; do [ -z "$p" ] || cat "$here/$p"; done
	grep "^$package " "$here/../sources/list"
	${CC:-gcc} --version
	ld --version
}
key=$(inputs | sha256sum | cut -c1-32)
kept=$cache/$name-$key

install_kernel() {
	mkdir -p "$build/$name"
	cp "$kept/bzImage" "$kept/config" "$kept/drivers" "$kept/vmlinux.zst" "$build/$name/"
	echo "${kept##*/}" > "$build/$name/key"
}
take_kept() {
	[ -e "$kept/bzImage" ] || return 0
	[ "$(cat "$build/$name/key" 2>/dev/null)" = "${kept##*/}" ] || install_kernel
	exit 0
}
take_kept

# The patched source, shared by both kernels and made again when it or a patch changes.
tree=$build/linux
"$here/../sources/fetch.sh" "$package" "$build"
source=$(sha256sum "$build/pool/$package"/*.deb | cut -d' ' -f1)
# A newer point release than the recorded one must not pass for that in the cache.
grep -q "^$package .* $source$" "$here/../sources/list" || kept=$kept-$source
take_kept
want=$( (echo "$source"; cat "$here/series" "$here"/*.patch) | sha256sum)
if [ "$(cat "$tree/.khib-patches" 2>/dev/null)" != "$want" ]; then
	# Unpacked files are older than objects made of others: those have to go as well.
	rm -rf "$tree" "$build"/linux-main "$build"/linux-helper "$build"/linux-helper-net
	mkdir "$tree"
	tar xf "$build/$package/usr/src/$package.tar.xz" -C "$tree" --strip-components=1
	"$here/../sources/apply.sh" "$here" "$tree"
	echo "$want" > "$tree/.khib-patches"
fi

echo "kernel $name: building, some minutes"
obj=$build/linux-$name
mkdir -p "$obj"
kmake() {	# the same input gives the same bytes
	make -s -C "$tree" O="$obj" ARCH=x86_64 KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=khib \
		KBUILD_BUILD_HOST=khib KBUILD_BUILD_VERSION=1 "$@"
}
fragments > "$obj/fragments"
KCONFIG_ALLCONFIG=$obj/fragments kmake allnoconfig > "$obj/log" 2>&1 ||
	die "configuration failed, see $obj/log"
sed -n 's/^\(CONFIG_[A-Za-z0-9_]*\)=\(.*\)/\1 \2/p' "$obj/fragments" |
while read -r symbol value; do
	is=$(sed -n "s/^$symbol=//p" "$obj/.config")
	[ "${is:-n}" = "$value" ] || die "its configuration asks for $symbol=$value, it is ${is:-n}"
done
kmake -j"$(nproc)" bzImage >> "$obj/log" 2>&1 ||
	die "build failed, see $obj/log: $(tail -n 3 "$obj/log")"
! grep -E 'warning:' "$obj/log" || die "warnings, see $obj/log"

rm -rf "$kept.new"
mkdir -p "$kept.new"
cp "$obj/arch/x86/boot/bzImage" "$kept.new/bzImage"
cp "$obj/.config" "$kept.new/config"
# The drivers that are built in, by the names that sysfs has for them as modules.
sed 's,.*/,,; s,\.ko$,,; y,-,_,' "$obj/modules.builtin" | LC_ALL=C sort > "$kept.new/drivers"
zstd -q -T0 "$obj/vmlinux" -o "$kept.new/vmlinux.zst"
mv "$kept.new" "$kept"
install_kernel
