#!/bin/sh
# swap: a swap file that is in use, in 200 pieces on ext4 and in one on xfs.
. "${0%/*}/lib.sh"

said() { guest "$1" "kexec-hibernate --dry-run 2>&1" 60 || :; }
conf=/etc/kexec-hibernate.conf

# A round trip of machine $1 to $1-back by the swap file $2, which lies at this place.
trip() {	# name, path, place
	begin_life "$1"
	hibernate "$1" "" -
	expect_console "$1" "image on ${3%@*} is armed"
	boot "$1-back" "khib.resume=swap:$3"
	guest_end "$1-back"
	check_life "$1-back"
	expect "$1-back: KiB of it in use" 0 "$(guest "$1-back" 'while read -r name type size used rest; do [ $type != file ] || echo $used; done < /proc/swaps')"
	expect "$1-back: bystander" same "$(guest "$1-back" "sha256sum < ${2%/*}/bystander | cmp - /run/bystander && echo same")"
}
bystander() { guest "$1" "head -c 40M /dev/urandom > $2/bystander; sha256sum < $2/bystander > /run/bystander; sync" 60; }
place() { guest "$1" '/usr/lib/kexec-hibernate/khib boot-config' | sed -n 's/^target swap://p'; }

# ext4: two files that grow in turn lie in pieces.
disks
boot make	# a kernel that lets nobody write to a mounted device
guest make "for i in $(seq 0 199 | paste -sd ' '); do fallocate -o \${i}M -l 1M /swap.img; fallocate -o \${i}M -l 1M /between; done; rm /between; for i in $(seq 200 499 | paste -sd ' '); do fallocate -o \${i}M -l 1M /swap.img; done; chmod 600 /swap.img; mkswap /swap.img > /dev/null; swapon /swap.img; echo TARGET=swap:/swap.img > $conf" 120
place=$(place make)
case $place in /dev/vda@[1-9]*) ;; *) die "place of /swap.img: $place" ;; esac
said make | grep -q 'swap:/swap.img: open /dev/vda for writing (if it is mounted, this kernel needs CONFIG_BLK_DEV_WRITE_MOUNTED' ||
	die "of a device that cannot be written: $(said make)"
guest make 'swapoff /swap.img'
said make | grep -q 'swap:/swap.img: /swap.img is not swapped to, see /proc/swaps' || die "of a file that is not in use: $(said make)"
off make

boot ext4 "khib.resume=swap:$place bdev_allow_write_mounted=1"
bystander ext4 /root
guest ext4 'swapon /swap.img'
trip ext4 /root/swap "$place"
pieces=$(guest ext4-back 'filefrag /swap.img' | sed 's/.* \([0-9]*\) extents.*/\1/')
[ "$pieces" -ge 100 ] || die "the file lies in $pieces pieces"
echo "note: ext4: $pieces pieces"
kill_machine ext4-back

disks
mkfs.xfs -q "$OUT/target.img"
boot xfs-make
guest xfs-make "mkdir /x; mount /dev/vdb /x; fallocate -l 600M /x/swap; chmod 600 /x/swap; mkswap /x/swap > /dev/null; swapon /x/swap; echo TARGET=swap:/x/swap > $conf" 60
place=$(place xfs-make)
case $place in /dev/vdb@[1-9]*) ;; *) die "place of /x/swap: $place" ;; esac
off xfs-make
boot xfs "khib.resume=swap:$place bdev_allow_write_mounted=1"
guest xfs 'mount /dev/vdb /x'
bystander xfs /x
guest xfs 'swapon /x/swap'
trip xfs /x/swap "$place"
