#!/bin/sh
# From what is mounted to the disks and partitions that the helper will see: on made-up /proc and /sys.
# The functions are used by the sourced script.
# shellcheck disable=SC2317,SC2034
set -eu
: "${OUT:?}"

die() { echo "$*" >&2; exit 1; }
# shellcheck source=hooks/config.sh
. hooks/config.sh
sed "s,/proc/,$OUT/proc/,g; s,/sys/,$OUT/sys/,g" hooks/guards.sh > "$OUT/guards.sh"
# shellcheck source=hooks/guards.sh
. "$OUT/guards.sh"
guard_number() { sed -n "s,^$1 ,,p" "$OUT/numbers" | grep .; }
mkdir -p "$OUT/proc/1" "$OUT/proc/2" "$OUT/sys/dev/block"

device() {	# number, directory below sys/devices, numbers of its slaves
	mkdir -p "$OUT/sys/devices/$2/slaves"
	echo "$1" > "$OUT/sys/devices/$2/dev"
	ln -s "../../devices/$2" "$OUT/sys/dev/block/$1"
	echo "/dev/${2##*/} $1" >> "$OUT/numbers"
	dir=$2
	shift 2
	for slave; do
		mkdir "$OUT/sys/devices/$dir/slaves/$slave"
		echo "$slave" > "$OUT/sys/devices/$dir/slaves/$slave/dev"
	done
}
partition() { device "$1" "$2"; echo 1 > "$OUT/sys/devices/$2/partition"; rmdir "$OUT/sys/devices/$2/slaves"; }

device 8:0 pci/sda
partition 8:1 pci/sda/sda1
partition 8:2 pci/sda/sda2
partition 8:3 pci/sda/sda3
device 8:16 pci/sdb
partition 8:17 pci/sdb/sdb1
device 104:0 'pci/cciss!c0d0'
device 9:0 virtual/md0 8:2 8:17
partition 259:0 virtual/md0/md0p1
device 253:0 virtual/dm-0 259:0		# LUKS on a partition of a RAID
device 253:1 virtual/dm-1 253:0		# LVM in it
device 7:0 virtual/loop0
device 7:1 virtual/loop1
mkdir "$OUT/sys/devices/virtual/loop0/loop" "$OUT/sys/devices/virtual/loop1/loop"
echo /home/file > "$OUT/sys/devices/virtual/loop0/loop/backing_file"
echo /dev/sda3 > "$OUT/sys/devices/virtual/loop1/loop/backing_file"
device 254:0 virtual/zram0
device 43:0 virtual/nbd0
device 11:0 pci/sr0

printf 'nodev\ttmpfs\n\text4\n\tbtrfs\nnodev\toverlay\n' > "$OUT/proc/filesystems"
mounts() { i=30; while read -r number rest; do i=$((i + 1)); echo "$i 1 $number / $rest"; done; }
devices() {	# names of the guards, for what is in proc
	check_guards
	echo "$GUARDS" | sed 's/ *$//; /^$/d' | sort | paste -sd ,
}
expect() { [ "$2" = "$3" ] || die "$1: expected '$2', got '$3'"; }
TARGETS_CHECKED='' lib=/nonexistent
: > "$OUT/proc/swaps"

mounts > "$OUT/proc/1/mountinfo" <<'END'
8:1 / rw,relatime shared:1 - ext4 /dev/root rw
8:1 /a\040b rw - ext4 /dev/root rw
0:25 /run rw - tmpfs tmpfs rw
0:30 /over rw - overlay overlay rw,lowerdir=/a
0:31 /data rw - btrfs /dev/sdb rw
104:0 /array rw - ext4 /dev/cciss/c0d0 rw
END
cp "$OUT/proc/1/mountinfo" "$OUT/proc/2/mountinfo"
expect "plain" "/dev/cciss/c0d0,/dev/sda1,/dev/sdb" "$(devices)"
echo '99 1 8:3 / /private rw - ext4 /dev/sda3 rw' >> "$OUT/proc/2/mountinfo"
expect "another namespace" "/dev/cciss/c0d0,/dev/sda1,/dev/sda3,/dev/sdb" "$(devices)"

rm "$OUT/proc/2/mountinfo"
echo '8:1 / rw - ext4 /dev/root rw' | mounts > "$OUT/proc/1/mountinfo"
printf 'Filename Type Size Used Priority\n/dev/dm-1 partition 9 0 -2\n/swapfile file 9 0 -3\n' > "$OUT/proc/swaps"
expect "swap on LVM on LUKS on RAID" "/dev/sda1,/dev/sda2 md0,/dev/sdb1 md0" "$(devices)"
check_guards
plan_guards > "$OUT/plan"
grep -qx 'plan: note: /dev/sda2 is below md0: not every change to that will be seen' "$OUT/plan" || die "$(cat "$OUT/plan")"

printf 'Filename\n/dev/zram0 partition 9 0 -2\n' > "$OUT/proc/swaps"
mounts >> "$OUT/proc/1/mountinfo" <<'END'
7:0 /l rw - ext4 /dev/loop0 rw
7:1 /m rw - ext4 /dev/loop1 rw
11:0 /cd ro - iso9660 /dev/sr0 ro
43:0 /n rw - ext4 /dev/nbd0 rw
END
expect "loop, zram, CD, nbd" "- nbd0,/dev/sda1,/dev/sda3" "$(devices)"

expect "unknown" "guards: device 8:99 is not in $OUT/sys/dev/block" \
	"$(echo '8:99 / rw - ext4 x rw' | mounts > "$OUT/proc/1/mountinfo"; devices 2>&1)"
expect "btrfs on what is no device" "guards: on which device x (btrfs) is mounted is not known" \
	"$(echo '0:9 / rw - btrfs x rw' | mounts > "$OUT/proc/1/mountinfo"; devices 2>&1)"
