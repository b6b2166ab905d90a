#!/bin/sh
# Targets that hold or are something else, devices without a driver in the helper, a watchdog, and a
# next boot that would pass the image by: refused, each in a line of its own, and nothing is changed.
. "${0%/*}/lib.sh"

disks
truncate -s 64M "$OUT/usb.img"
boot vm '' -device qemu-xhci -drive "file=$OUT/usb.img,if=none,id=usb,format=raw" \
	-device usb-storage,drive=usb,removable=on
lib=/usr/lib/kexec-hibernate
refuses() {	# message, what makes it so, what undoes it
	status=0
	out=$(guest vm "$2 && { kexec-hibernate --dry-run; s=\$?; ${3:-:}; (exit \$s); }" 60) || status=$?
	echo "$out"
	expect "exit status after: $2" 1 "$status"
	echo "$out" | grep -qF "kexec-hibernate: $1" || die "no message '$1' in: $out"
}
plan() { guest vm "${1-} kexec-hibernate --dry-run" 60 > "$OUT/plan" 2>&1 || die "refused: $(cat "$OUT/plan")"; }
plan

# Targets.  The forgotten one that has become a member of an array (MD 1.2) still has its head.
refuses 'part:/dev/vdb: /dev/vdb holds linux_raid_member (see wipefs): it is no target' \
	"khimage format /dev/vdb && printf '\\374\\116\\053\\251\\001\\0\\0\\0' | dd of=/dev/vdb bs=1 seek=4096 2>/dev/null && \
printf '\\010' | dd of=/dev/vdb bs=1 seek=4240 conv=fsync 2>/dev/null" \
	'dd if=/dev/zero of=/dev/vdb bs=4096 count=2 conv=fsync 2>/dev/null'
refuses 'part:/dev/vdb: /dev/vdb is in use' 'mkswap /dev/vdb > /dev/null && swapon /dev/vdb' \
	'swapoff /dev/vdb; dd if=/dev/zero of=/dev/vdb bs=4096 count=2 conv=fsync 2>/dev/null'
conf=/etc/kexec-hibernate.conf
refuses 'part:/dev/loop0: /dev/loop0 is neither a disk nor a partition of one' \
	"truncate -s 2G /root/file; losetup /dev/loop0 /root/file; cp $conf /tmp; echo TARGET=part:/dev/loop0 > $conf" \
	"cp /tmp/kexec-hibernate.conf $conf; losetup -d /dev/loop0"
guest vm "mknod /dev/other b \$(tr : ' ' < /sys/block/vdb/dev); echo TARGET=part:/dev/other >> $conf; echo seen part:/dev/other >> /run/khib/boot"
plan
grep -q '^kexec-hibernate: part:/dev/other: /dev/other is part:/dev/vdb as well' "$OUT/plan" || die "two ids for one device: $(cat "$OUT/plan")"
guest vm "cp /tmp/kexec-hibernate.conf $conf"
# Over a loop the target is used, though nobody has opened it exclusively.
refuses 'part:/dev/vdb: /dev/vdb is in use, below another device' \
	'losetup /dev/loop0 /dev/vdb; losetup -o 4M /dev/loop1 /dev/vdb; mkfs.ext4 -q /dev/loop1; mkdir -p /l; mount /dev/loop1 /l' \
	'umount /l; losetup -d /dev/loop0; losetup -d /dev/loop1'

# Drivers.
without() { echo "sed -i.was '/^$1\$/d' $lib/helper.drivers"; }
again="mv $lib/helper.drivers.was $lib/helper.drivers"
refuses 'part:/dev/vdb: the helper has no driver for /dev/vdb: virtio_blk' "$(without virtio_blk)" "$again"
guest vm 'mkfs.vfat /dev/sda 2>/dev/null || mkfs.ext4 -q /dev/sda; mkdir -p /u; mount /dev/sda /u' 60
plan
grep -qx 'plan: note: resume also if /dev/sda has been pulled out' "$OUT/plan" || die "$(cat "$OUT/plan")"
refuses 'guards: /dev/sda is in use, and the helper has no driver for it: usb_storage' "$(without usb_storage)" "$again"
guest vm 'umount /u'

# The kernel.  Without /proc/config.gz, and then without the other file too, which costs room and no more.
plan 'touch /tmp/none; mount --bind /tmp/none /proc/config.gz;'
grep -qx 'plan: free pages are left out' "$OUT/plan" || die "$(cat "$OUT/plan")"
plan 'for f in /boot/config-*; do mv $f /tmp; done;'
grep -q '^plan: free pages are saved, too: ' "$OUT/plan" || die "$(cat "$OUT/plan")"
guest vm 'mv /tmp/config-* /boot; umount /proc/config.gz'
refuses 'watchdog0 (iTCO_wdt) runs and would restart the machine' \
	'mount -t tmpfs x /sys/class; mkdir -p /sys/class/watchdog/watchdog0; cd /sys/class/watchdog/watchdog0; echo active > state; echo iTCO_wdt > identity; cd /' \
	'umount /sys/class'

# The next boot.
guest vm 'cp /run/khib/boot /tmp/boot'
boot_says() { echo "sed '$1' /tmp/boot > /run/khib/boot"; }
refuses "this boot's initramfs has format 1 of images, installed is" "$(boot_says 's/^format .*/format 1/')"
refuses "this boot's initramfs has build 0123 of the helper, installed is" "$(boot_says 's/^build .*/build 0123/')"
refuses 'part:/dev/vdb: this boot has not found it' "$(boot_says 's/^seen/missing/')"
refuses 'part:/dev/vdb: this boot has not looked there' "$(boot_says '/^seen/d')"
guest vm 'cp /tmp/boot /run/khib/boot; touch /boot/initrd.img-9 /boot/vmlinuz-9'
refuses '/boot/initrd.img-9 was made without the boot script' true
r=/var/lib/kexec-hibernate/initramfs
guest vm "mkdir -p $r; grep -v ' part:' /tmp/boot > $r/9; touch -d '2 days ago' /boot/initrd.img-9"
refuses '/boot/initrd.img-9 is older than what was last put into it' true
guest vm 'touch /boot/initrd.img-9'
plan
refuses '/boot/initrd.img-9 has build 4567 of the helper' "sed -i 's/^build .*/build 4567/' $r/9; touch /boot/initrd.img-9"
expect "the target" none "$(image_field state)"
