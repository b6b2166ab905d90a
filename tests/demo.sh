#!/bin/sh
# Show the whole cycle to a person: hibernate a virtual machine, switch it off, resume it, compare.
cd "${0%/*}/.."
BUILD=$(pwd)/build
OUT=$BUILD/demo
mkdir -p "$OUT"
# shellcheck source=tests/lib.sh
. tests/lib.sh

size() { echo "$(($(stat -L -c %s "$1") / 1024)) kB"; }
now() { date +%s%N; }
seconds() { echo "$((($2 - $1) / 1000000000)).$((($2 - $1) / 100000000 % 10)) s"; }

proof() {	# name, file: what makes this life of the machine unlike any other
	check_life "$1"
	{
		echo "boot_id            $life_boot"
		echo "token in memory    $token"
		echo "counter            $life_count"
		echo "open file's offset $life_offset"
		echo "numbers over TCP   $life_count, all in order"
		echo "200 MiB in tmpfs   sha256 $(echo "$life_sum" | cut -c1-16)..."
		echo "uptime             $(guest "$1" 'cut -d" " -f1 /proc/uptime') s"
	} > "$2"
}

echo "Built, in build/:"
echo "  main/bzImage      $(size "$BUILD/main/bzImage")	kernel A, the user's system"
echo "  helper/bzImage    $(size "$BUILD/helper/bzImage")	kernels B and C"
echo "  helper.cpio       $(size "$BUILD/helper.cpio")	their initramfs, with init ($(size "$BUILD/init"))"
echo "  kexec             $(size "$BUILD/kexec")	the patched loader"
echo
echo "1. A Debian 12 with 1 GiB of RAM and two CPUs boots, and a program begins its life."
disks
boot before
begin_life before 200
proof before "$OUT/before"

echo "2. kexec-hibernate: the machine saves its memory to a partition and switches itself off."
start=$(now)
hibernate before
saved=$(seconds "$start" "$(now)")
sed -n 's/^.*hibernate: \(saving:.* in .*\|image on .*\)$/     \1/p' "$OUT/before.console" | tr -d '\r'
echo "     QEMU has ended.  What is left of the machine are its two disks."

echo "3. A cold boot, as after any power off: the initramfs finds the image and starts the helper."
start=$(now)
boot after
guest_end after > /dev/null
resumed=$(seconds "$start" "$(now)")
sed -n 's/^.*hibernate: \(restoring:.* in .*\|window: .*\)$/     \1/p' "$OUT/after.console" | tr -d '\r'
proof after "$OUT/after"

echo
echo "                   before power off                      after"
paste -d '\n' "$OUT/before" "$OUT/after" | while IFS= read -r one && IFS= read -r two; do
	printf '%s %-38s%s\n' "$(echo "$one" | cut -c1-18)" "$(echo "$one" | cut -c20-)" "$(echo "$two" | cut -c20-)"
done
echo
echo "command to power-off    $saved	(the helper boots, saves, and switches the machine off)"
echo "power-on to A running   $resumed	(an ordinary kernel boots first: the chained path)"
echo "image                   $(($(image_field bytes) >> 20)) MiB of $MEM MiB of RAM"
echo "The same life goes on: boot_id, token and data are equal, and counter, offset and TCP have moved on."
rm -f "$OUT"/*.img "$OUT"/*.qcow2
