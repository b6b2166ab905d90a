#!/bin/sh
# Everything that A can know beforehand is refused before anything is frozen, with one clear line.
. "${0%/*}/lib.sh"

disks
truncate -s 20M "$OUT/small.img"
boot vm "lsm=lockdown" -drive "file=$OUT/small.img,if=none,id=small,format=raw" -device virtio-blk-pci,drive=small
c=/tmp/conf
refuses() {	# status, message, command
	status=0
	out=$(guest vm "$3" 60) || status=$?
	echo "$out"
	expect "exit status of: $3" "$1" "$status"
	echo "$out" | grep -qF "$2" || die "no message '$2' in: $out"
	expect "an armed image" "" "$(image_field state | grep -x armed || :)"
}
conf() { refuses 1 "$2" "printf '$1' > $c; KHIB_CONF=$c kexec-hibernate --dry-run"; }

conf 'rubbish\n' "$c:1: 'rubbish' is not KEY=VALUE"
conf '\001\377\n' "$c:1: '??' is not KEY=VALUE"
conf '' "$c: no TARGET="
conf '# x\nTARGTE=part:/dev/vdb\n' "$c:2: TARGTE: unknown key"
conf 'TARGET=tape:/dev/st0\n' "$c:1: target tape:/dev/st0: kind unknown, known are part: swap: file: dev: nbd:"
conf 'TARGET=part:$(reboot)\n' "TARGET=part:\$(reboot) has characters that no target has"
conf 'TARGET=part:/dev/vdb\nEND=explode\n' "$c:2: END=explode: neither poweroff nor reboot"
conf 'TARGET=part:/dev/vdb\nCODEC=rar\n' "$c:2: CODEC=rar: known are none, auto, lz4, zstd, zstd:1 to zstd:6"
conf 'TARGET=part:/dev/vdb\nCODEC=zstd:7\n' "$c:2: CODEC=zstd:7: known are none, auto, lz4, zstd, zstd:1 to zstd:6"
conf 'TARGET=part:/dev/vdz\n' "kexec-hibernate: target /dev/vdz: no such device"
conf 'TARGET=part:/dev/vda\n' "part:/dev/vda: /dev/vda is in use"
refuses 1 "/nowhere: cannot be read" "KHIB_CONF=/nowhere kexec-hibernate --dry-run"
refuses 2 "usage: kexec-hibernate" "kexec-hibernate --frobnicate"

# Another's data on the target: a file system, and something that is no file system.
refuses 1 "/dev/vdb: its first MiB is not blank and holds no image" "mkfs.ext4 -q -F /dev/vdb && kexec-hibernate"
refuses 1 "/dev/vdb: its first MiB is not blank and holds no image" \
	"dd if=/dev/zero of=/dev/vdb bs=1M count=2 2>/dev/null; echo precious | dd of=/dev/vdb bs=1 seek=300000 2>/dev/null; sync; kexec-hibernate"
guest vm 'dd if=/dev/zero of=/dev/vdb bs=1M count=1 conv=fsync 2>/dev/null'
conf 'TARGET=part:/dev/vdc\n' "part:/dev/vdc: /dev/vdc has 20480 KiB,"
guest vm 'cp /run/khib/boot /tmp/boot'
refuses 1 "this one's initramfs has no boot script" "rm /run/khib/boot; kexec-hibernate --dry-run"
guest vm 'cp /tmp/boot /run/khib/boot'
refuses 1 "/usr/lib/kexec-hibernate/helper: missing" \
	"mv /usr/lib/kexec-hibernate/helper /tmp; kexec-hibernate --dry-run; s=\$?; mv /tmp/helper /usr/lib/kexec-hibernate; (exit \$s)"
refuses 1 "the window and its loading need" \
	"head -c 928M /dev/zero > /dev/shm/full; kexec-hibernate --dry-run; s=\$?; rm /dev/shm/full; (exit \$s)"
refuses 1 "user nobody may not hibernate the machine" \
	"setpriv --reuid=nobody sh -c 'PATH=\$PATH kexec-hibernate'"
refuses 0 "plan: save to part:/dev/vdb=new" "kexec-hibernate --dry-run"
refuses 1 "kernel is locked down (integrity): kexec_load is refused" \
	"echo integrity > /sys/kernel/security/lockdown; kexec-hibernate"
refuses 1 "kernel.kexec_load_disabled is 1, 0 is needed" \
	"echo 1 > /proc/sys/kernel/kexec_load_disabled; kexec-hibernate --dry-run"
