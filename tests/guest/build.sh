#!/bin/sh
# Build the test guest: a Debian root file system with this project installed, and its initramfs.
# usage: build.sh BUILD-DIR	makes BUILD-DIR/guest/{root.img,initrd}
set -eu
here=$(cd "${0%/*}" && pwd)
build=$(cd "${1:?build directory}" && pwd)
g=$build/guest
packages=initramfs-tools,systemd-sysv,udev,dbus,kmod,cpio,zstd,e2fsprogs,iproute2,busybox-static,procps,mdadm,lvm2,cryptsetup-bin
die() { echo "guest: $*" >&2; exit 1; }
mkdir -p "$g"

# Debian alone, made once; it knows nothing of this project.
if [ "$(cat "$g/base.key" 2>/dev/null)" != "$packages" ]; then
	echo "guest: installing Debian into it, half a minute"
	mmdebstrap --quiet --variant=minbase --include="$packages" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		bookworm "$g/base.tar" > "$g/base.log" 2>&1 || die "mmdebstrap failed: $(tail -n 3 "$g/base.log")"
	echo "$packages" > "$g/base.key"
fi

for program in life fresh forks fuse; do
	gcc -O2 -Wall -Wextra -Werror -static -o "$g/$program" "$here/$program.c"
done
gcc -O2 -Wall -Wextra -Werror -static -o "$g/fill" "$here/../bench/fill.c"
key=$( (cat "$g/base.key" "$here"/* "$here/../bench/kexec-timed" "$g/life" "$g/fresh" "$g/forks" "$g/fuse" "$g/fill"
	cat "$build/main/key" "$build/helper/key" "$build/helper-net/key" "$here/../../mkimage.sh"
	cat "$build"/init "$build"/khimage "$build"/khimage-small "$build"/khib "$build"/krestore "$build"/kexec
	find "$here/../../hooks" -type f -exec cat {} +) | sha256sum)
[ "$(cat "$g/key" 2>/dev/null)" != "$key" ] || exit 0

root=$g/root
rm -rf "$root" "$g/key"
mkdir "$root"
tar xf "$g/base.tar" -C "$root" --exclude='./dev/*'
make -s -C "$here/../.." install O="$build" DESTDIR="$root" >/dev/null
install -D -m 755 "$here/init" "$root/usr/lib/khib-test/init"
install -m 755 "$here/agent" "$here/interrupt" "$here/kexec-altered" "$here/../bench/kexec-timed" "$g/life" "$g/fresh" "$g/forks" "$g/fuse" "$g/fill" "$root/usr/lib/khib-test/"
install -m 644 "$here/agent.service" "$root/etc/systemd/system/"
ln -s ../agent.service "$root/etc/systemd/system/multi-user.target.wants/"
echo khib-guest > "$root/etc/hostname"
echo '/dev/vda / ext4 defaults 0 1' > "$root/etc/fstab"

# Its own initramfs, by its own tools.  The kernel has no modules; depmod wants their lists.
version=$(sed -n 's/^# Linux.* \([0-9][0-9.]*\) Kernel Configuration/\1/p' "$build/main/config")-khib-main
mkdir -p "$root/lib/modules/$version"
: > "$root/lib/modules/$version/modules.order"
: > "$root/lib/modules/$version/modules.builtin"
cp "$build/main/config" "$root/boot/config-$version"
initramfs() {	# path, setting
	printf '%s\n' MODULES=list "$2" > "$root/etc/initramfs-tools/conf.d/khib-test"
	chroot "$root" /bin/sh -c "depmod $version && mkinitramfs -o $1 $version" > "$g/initrd.log" 2>&1 ||
		die "mkinitramfs failed: $(tail -n 3 "$g/initrd.log")"
	! grep "kexec-hibernate: left out" "$g/initrd.log" || die "$(grep kexec-hibernate "$g/initrd.log")"
}
# One without busybox, that knows a target more, is for tests alone.
printf 'TARGET=part:/dev/vdb\nTARGET=part:/dev/vdx\nHELPER_PARAMETERS=no_timer_check khibtest=1\n' > "$root/etc/kexec-hibernate.conf"
initramfs /boot/initrd.img BUSYBOX=n
mv "$root/boot/initrd.img" "$g/initrd-no-busybox"
# Where nothing is packed, sizes and places are the same each time.
printf 'TARGET=part:/dev/vdb\nCODEC=none\nHELPER_PARAMETERS=no_timer_check\n' > "$root/etc/kexec-hibernate.conf"
initramfs "/boot/initrd.img-$version" BUSYBOX=auto
ln -s "initrd.img-$version" "$root/boot/initrd.img"
cp "$root/boot/initrd.img-$version" "$g/initrd"
cp "$build/main/bzImage" "$root/boot/vmlinuz-$version"
ln -s "vmlinuz-$version" "$root/boot/vmlinuz"

rm -f "$g/root.img"
truncate -s 2G "$g/root.img"
mkfs.ext4 -q -F -d "$root" -E lazy_itable_init=0 "$g/root.img" || die "mkfs.ext4 failed"
rm -rf "$root"
echo "$key" > "$g/key"
