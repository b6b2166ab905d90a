#!/bin/sh
# Every mount that may write changes a file system's fingerprint, one that writes nothing does not.
. "${0%/*}/lib.sh"

MEM=512
disks 64M
truncate -s 300M "$OUT/xfs.img" "$OUT/copy.img"
truncate -s 64M "$OUT/ext4.img" "$OUT/vfat.img" "$OUT/swap.img"
PATH=$PATH:/usr/sbin:/sbin
mkfs.xfs -q "$OUT/xfs.img"
mkfs.ext4 -q "$OUT/ext4.img"
mkfs.vfat "$OUT/vfat.img" > "$OUT/mkfs"
mkswap -q "$OUT/swap.img"
set -- vm ''
for d in xfs copy ext4 vfat swap; do
	set -- "$@" -drive "file=$OUT/$d.img,if=none,id=$d,format=raw" -device "virtio-blk-pci,drive=$d"
done
boot "$@"
guest vm 'mkdir -p /m /n' 60 > /dev/null
disk() { case $1 in xfs) echo vdc ;; copy) echo vdd ;; ext4) echo vde ;; vfat) echo vdf ;; swap) echo vdg ;; esac; }
print() { guest vm "/usr/lib/kexec-hibernate/khimage guard /dev/$(disk "$1") | sed -n 's/^fingerprint //p'"; }

# Does the command change the device?
changes() {	# yes or no, device, command
	before=$(print "$2")
	guest vm "d=/dev/$(disk "$2"); $3" 60 > "$OUT/changes" || die "failed: $3: $(cat "$OUT/changes")"
	after=$(print "$2")
	if [ "$before" = "$after" ]; then changed=no; else changed=yes; fi
	echo "$changed, expected $1: $2: $3"
	[ "$1" = "$changed" ] || wrong="${wrong-}
$2: $3"
}
# The copy is the state of a mounted file system, as a sleeping system leaves it.
# shellcheck disable=SC2016
freeze='mount /dev/$from /n && cp -r /etc /n/$(date +%N) && sync && dd if=/dev/$from of=$d bs=1M conv=fsync status=none && umount /n'

for fs in xfs ext4; do
	changes yes $fs 'mount $d /m && umount /m'
	changes yes $fs 'mount $d /m && umount /m'
	[ $fs = xfs ] || changes no $fs 'mount -o ro $d /m && umount /m'
	changes no $fs 'mount -o ro,norecovery $d /m && umount /m'
	changes yes $fs 'mount $d /m && echo 1 > /m/a; umount /m'
	changes yes $fs 'mount $d /m && echo 2 > /m/a && sync; umount /m'
	for how in ro rw; do
		changes yes copy "from=$(disk $fs); $freeze"
		changes no copy 'mount -o ro,norecovery,nouuid $d /m 2>/dev/null || mount -o ro,noload $d /m; umount /m'
		changes yes copy "mount -o $how,nouuid \$d /m 2>/dev/null || mount -o $how \$d /m; umount /m"
		changes yes copy "mount -o rw,nouuid \$d /m 2>/dev/null || mount \$d /m; umount /m"
	done
done
changes yes xfs 'mount -o ro $d /m && umount /m'
changes yes vfat 'mount $d /m && mkdir /m/x && umount /m'
changes no vfat 'mount -o ro $d /m && ls /m > /dev/null && umount /m'
changes yes vfat 'mount $d /m && echo 1 > /m/x/y && umount /m'
changes yes vfat 'mount $d /m && mv /m/x /m/z && umount /m'
changes no swap 'swapon $d && swapoff $d'
changes yes swap 'mkswap $d > /dev/null'
# Swap out 16 MiB or so, as to a rotating disk and as to another.
for rotational in 1 0; do
	changes yes swap "echo $rotational > /sys/block/vdg/queue/rotational; swapon \$d && \
yes | head -c \$(awk '/MemAvailable/ { print \$2 + 16000 }' /proc/meminfo)K > /dev/shm/full; \
cat /proc/swaps; rm /dev/shm/full; swapoff \$d"
	awk '/vdg/ { exit !$4 }' "$OUT/changes" || die "nothing was swapped out: $(cat "$OUT/changes")"
done
[ -z "${wrong-}" ] || die "not as expected: $wrong"
