#!/bin/sh
# Power fails at 10 points of a save to a swap partition, a swap file and an NBD server (2 of them without
# POINTS=all): what is armed comes back whole, all else is an ordinary boot, with the swap area in use.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
MEM=512

# Hundredths of a whole save, from the command on.  Those with + are in the short run.
points() {
	cat <<'END'
5
20
35
50
+60
70
80
90
97
+104
END
}
points | choose_points

conf=/etc/kexec-hibernate.conf
port=$((20000 + $$ % 20000))
net="-netdev user,id=net -device virtio-net-pci,netdev=net,mac=52:54:00:12:34:56"

# Each kind: prepare() leaves disks, target and parameters of A's kernel; ready NAME: a machine that is up
# is to be able to hibernate; armed NAME: the machine that is gone has left an image to be resumed; used NAME:
# what the target lies on is as it was.
# shellcheck disable=SC2016 # for the guest
swaps='while read -r name type size used rest; do [ $name = Filename ] || echo $name; done < /proc/swaps'
prepare_swap() {
	disks 600M
	mkswap "$OUT/target.img" > /dev/null 2>&1
	target=swap:/dev/vdb parameters=khib.resume=swap:/dev/vdb devices=
}
ready_swap() { guest "$1" "echo TARGET=$target > $conf; grep -q vdb /proc/swaps || swapon /dev/vdb"; }
armed_swap() { [ "$(image_field state 2>/dev/null)" = armed ]; }
used_swap() { expect "$1: what is swapped to" /dev/vdb "$(guest "$1" "$swaps")"; }

prepare_file() {
	disks
	parameters=bdev_allow_write_mounted=1 devices='' target=file:/hib.img
	boot file-made "$parameters"
	guest file-made "kexec-hibernate format $target 500M; echo TARGET=$target > $conf" 120
	parameters="$parameters khib.resume=$(guest file-made '/usr/lib/kexec-hibernate/khib boot-config' | sed -n 's/^target //p')"
	off file-made
}
ready_file() { guest "$1" 'echo 3 > /proc/sys/vm/drop_caches'; }
# Where it lies is in a file system of QEMU's: the helper's last word has to do.
armed_file() { grep -q 'image on .* is armed:' "$OUT/$1.console"; }
used_file() { expect "$1: what is swapped to" "" "$(guest "$1" "$swaps")"; }

prepare_nbd() {
	disks
	truncate -s 600M "$OUT/export.img"
	nbdkit --foreground --no-sr --ipaddr 127.0.0.1 --port "$port" file "$OUT/export.img" 2> "$OUT/nbdkit.log" &
	PIDS="${PIDS-} $!"
	target=nbd:10.0.2.2:$port/hib
	truncate -s 64M "$OUT/initrd.img"
	# shellcheck disable=SC2086 # several arguments
	boot nbd-made "net.ifnames=0" $net -drive "file=$OUT/initrd.img,if=none,id=initrd,format=raw" -device virtio-blk-pci,drive=initrd
	ready_nbd nbd-made
	new_initramfs nbd-made
	off nbd-made
	INITRD=$OUT/initrd parameters=net.ifnames=0 devices=$net
}
ready_nbd() { guest "$1" "ip address replace 10.0.2.15/24 dev eth0 && ip link set eth0 up; echo TARGET=$target > $conf"; }
armed_nbd() { [ "$(image_field state "$OUT/export.img")" = armed ]; }
used_nbd() { :; }

start() { # shellcheck disable=SC2086 # several arguments
	boot "$1" "$parameters" $devices
}
save() {	# name
	"$BUILD/talk" "$OUT/$1" "$(limit 120)" kexec-hibernate > "$OUT/$1.hibernate" 2>&1 &
	PIDS="$PIDS $!"
}
lives() { guest "$1" 'test -e /run/life.log' 60; }

for kind in swap file nbd; do
	INITRD=''
	prepare_$kind
	start $kind
	ready_$kind $kind
	begin_life $kind 40
	began=$(ms)
	save $kind
	ended $kind 120 guest-shutdown
	save_ms=$(($(ms) - began))
	name=$kind-0
	start "$name"
	guest_end "$name"
	check_life "$name"
	n=0
	while read -r where <&3; do
		n=$((n + 1))
		ready_$kind "$name"
		if ! lives "$name"; then begin_life "$name" 40; fi
		save "$name"
		pause $((save_ms * where / 100))
		kill_machine "$name"
		armed=no
		! armed_$kind "$name" || armed=yes
		name=$kind-$n
		start "$name"
		# The end of the command that hibernated it was passed over for this answer.
		if lives "$name"; then
			[ $armed = yes ] || [ $kind = file ] || die "$name: resumed from what was not armed"
			check_life "$name"
			row $n "$kind: $where %" armed 'resumed, whole'
		else
			[ $armed = no ] || die "$name: an armed image was lost"
			expect "$name: an ordinary boot" ordinary "$(guest "$name" 'test -e /dev/shm/random || echo ordinary')"
			ready_$kind "$name"
			row $n "$kind: $where %" - 'ordinary boot'
		fi
		used_$kind "$name"
	done 3< "$OUT/points"
	kill_machine "$name"
done
