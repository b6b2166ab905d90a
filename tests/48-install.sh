#!/bin/sh
# make install installs what is built and builds nothing; with another PREFIX nothing looks in /usr.
. "${0%/*}/lib.sh"

root=$OUT/root
install_to() { make -s install O="$BUILD" DESTDIR="$root" CC=false KLCC=false "$@" 2>&1; }
listed() { (cd "$root" && find . ! -type d | LC_ALL=C sort | sed 's/^\.//'); }

install_to PREFIX=/opt/khib
lib=/opt/khib/lib/kexec-hibernate
{
	for f in helper helper-net helper-net.drivers helper.cpio helper.drivers kexec khib khimage krestore; do
		echo "$lib/$f"
	done
	for f in kexec-hibernate khimage krestore; do echo /opt/khib/sbin/$f; done
	for f in man8/kexec-hibernate.8 man8/khimage.8 man8/krestore.8 man5/kexec-hibernate.conf.5; do
		echo /opt/khib/share/man/$f
	done
	echo /etc/kexec-hibernate.conf
	echo /etc/initramfs-tools/hooks/kexec-hibernate
	echo /etc/initramfs-tools/scripts/local-premount/kexec-hibernate
} | LC_ALL=C sort > "$OUT/wanted"
listed > "$OUT/installed"
diff "$OUT/wanted" "$OUT/installed" || die "other files than these are installed"
# Programs are told by the command and the hook where they are.
! grep -rIl /usr/lib/kexec-hibernate "$root" || die "these look in /usr/lib/kexec-hibernate"
grep -qx "lib=$lib" "$root/etc/initramfs-tools/hooks/kexec-hibernate" || die "the hook looks elsewhere"
[ -x "$root/opt/khib/sbin/krestore" ] || die "krestore is a link to nothing"

# A configuration stays, and what is there is replaced.
echo mine > "$root/etc/kexec-hibernate.conf"
install_to PREFIX=/opt/khib
expect "the configuration" mine "$(cat "$root/etc/kexec-hibernate.conf")"

rm -rf "$root"
! install_to O="$OUT/nothing" > "$OUT/said" || die "installed what is not built"
grep -q "^install: $OUT/nothing/.* is not built yet: run make first" "$OUT/said" || die "$(cat "$OUT/said")"
if [ -e "$root" ] || [ -e "$OUT/nothing" ]; then die "installed or built something before it was refused"; fi

install_to
listed | grep '/initramfs-tools/' | paste -sd ' ' > "$OUT/hooks"
expect "for initramfs-tools" "/usr/share/initramfs-tools/hooks/kexec-hibernate \
/usr/share/initramfs-tools/scripts/local-premount/kexec-hibernate" "$(cat "$OUT/hooks")"
rm -rf "$root"
