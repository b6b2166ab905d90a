# shellcheck shell=sh
# What the tests share: virtual machines, and ways to talk to the guest in them.
#
# A test gets OUT (its own directory) and BUILD from tests/run.  A machine is
# known by a name; its console goes to $OUT/NAME.console.  Disks: vda is the
# root, vdb the target, both kept in $OUT from one boot to the next.

set -eu
: "${OUT:?}" "${BUILD:?}"
SLOW=${SLOW:-3}		# every limit below bears a machine that much slower

die() { echo "$*" >&2; exit 1; }
skip() { echo "$*"; exit 77; }
limit() { echo $(($1 * SLOW)); }

MEM=1024 CPUS=2 CPU=max MACHINE=q35
# Under emulation, on a busy host, the kernel may find its timer dead and panic; KVM guests skip that check as well.
TIMER=no_timer_check
MAIN_APPEND="console=ttyS0 $TIMER root=/dev/vda rw panic=-1 oops=panic quiet init=/usr/lib/khib-test/init"

# shellcheck disable=SC2120 # some pass none
disks() {	# size of the target, as qemu-img takes it
	qemu-img create -q -f qcow2 -b "$BUILD/guest/root.img" -F raw "$OUT/root.qcow2"
	rm -f "$OUT/target.img"
	truncate -s "${1:-2G}" "$OUT/target.img"
}

# The arguments of QEMU for a disk whose drive is ID: on virtio, ahci, nvme, sd (a card), or usb (storage on xHCI).
disk_device() {	# kind, id, more properties of the device
	case $1 in
	virtio) echo "-device virtio-blk-pci,drive=$2${3-}" ;;
	# q35 has an AHCI controller.
	ahci) case $2 in root) port=0 ;; *) port=1 ;; esac; echo "-device ide-hd,drive=$2,bus=ide.$port${3-}" ;;
	nvme) echo "-device nvme,drive=$2,serial=$2${3-}" ;;
	sd) echo "-device sdhci-pci -device sd-card,drive=$2${3-}" ;;
	usb) echo "-device qemu-xhci,id=xhci -device usb-storage,drive=$2,bus=xhci.0${3-}" ;;
	*) die "disk $1: no such kind" ;;
	esac
}

# Start a machine; the arguments go to QEMU.  It runs until it ends or the test does; build/qmp
# notes its events in $OUT/NAME.events and how it ended in $OUT/NAME.ending.
qemu() {
	name=$1
	shift
	rm -f "$OUT/$name.in" "$OUT/$name.out" "$OUT/$name.qmp" "$OUT/$name.ending"
	mkfifo "$OUT/$name.in" "$OUT/$name.out"
	# shellcheck disable=SC2046
	set -- -name "$name" -machine "$MACHINE" -accel "${ACCEL:-tcg,thread=multi,tb-size=96}" -cpu "$CPU" \
		-smp "$CPUS" -m "$MEM" -pidfile "$OUT/$name.qemu-pid" -nodefaults -no-user-config \
		-no-reboot -display none -serial "file:$OUT/$name.console" \
		-chardev socket,id=events,fd=9 -mon chardev=events,mode=control \
		-qmp "unix:$OUT/$name.qmp,server=on,wait=off" -d cpu_reset -D "$OUT/$name.resets" \
		-drive "file=$OUT/root.qcow2,if=none,id=root,format=qcow2" $(disk_device "${ROOT_DISK:-virtio}" root) \
		-drive "${TARGET_DRIVE:-file=$OUT/target.img,format=raw},if=none,id=target${TARGET_OPTIONS-}" \
		$(disk_device "${TARGET_DISK:-virtio}" target "${TARGET_DEVICE_OPTIONS-}") \
		-device virtio-serial-pci -chardev "pipe,id=agent,path=$OUT/$name" \
		-device virtserialport,chardev=agent,name=khib "$@"
	echo "qemu-system-x86_64 $*" > "$OUT/$name.cmd"
	# A machine that nobody ends ends by itself.
	"$BUILD/qmp" run "$(limit 600)" "$OUT/$name" qemu-system-x86_64 "$@" > "$OUT/$name.qemu" 2>&1 &
	echo $! > "$OUT/$name.pid"
	PIDS="${PIDS-} $!"
	tries=0
	until [ -S "$OUT/$name.qmp" ]; do
		tries=$((tries + 1))
		[ ! -e "$OUT/$name.ending" ] || tries=999999
		[ $tries -lt "$(limit 300)" ] ||
			die "$name: QEMU did not start: $(cat "$OUT/$name.qemu")"
		sleep 0.05
	done
}
# A killed shell would leave its machines: so a signal ends it by way of exit.
# shellcheck disable=SC2086
trap 'kill ${PIDS-} 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The user's system: kernel A (or on its way to resume one) with its own initramfs.
boot() {	# name, extra kernel parameters, QEMU arguments
	boot_name=$1 boot_append=${2-}
	shift; [ $# = 0 ] || shift
	qemu "$boot_name" -kernel "$BUILD/main/bzImage" -initrd "${INITRD:-$BUILD/guest/initrd}" \
		-append "$MAIN_APPEND $boot_append" "$@"
}

# The direct path: the helper kernel, as a boot entry starts it.
WINDOW_START=0x4000000 WINDOW_SIZE=0x4000000
boot_helper() {	# name, extra kernel parameters, QEMU arguments
	boot_name=$1 boot_append=${2-}
	shift; [ $# = 0 ] || shift
	end=$((WINDOW_START + WINDOW_SIZE))
	qemu "$boot_name" -kernel "$BUILD/helper/bzImage" -initrd "${HELPER_INITRD:-$BUILD/helper.cpio}" -append \
		"$(printf 'memmap=%#x%%0x9f000-1+2 memmap=%#x%%%#x-1+2' $((WINDOW_START - 0x9f000)) $(((1 << 52) - end)) $end) \
console=ttyS0 loglevel=6 printk.devkmsg=on panic=10 $TIMER $boot_append" "$@"
}

console_tail() { tail -n 40 "$OUT/$1.console" | tr -d '\r' | sed "s/^/$1| /" >&2; }

# Run a command in the guest; its output and status are those of this function.
guest() {	# name, command, seconds
	"$BUILD/talk" "$OUT/$1" "$(limit "${3:-30}")" "$2" || {
		status=$?
		case $status in 124 | 125) console_tail "$1"; die "$1: no answer ($status) to: $2" ;; esac
		return $status
	}
}

# Wait for the end of a command that was sent to the guest in a former life.
guest_end() {	# name, seconds
	"$BUILD/talk" "$OUT/$1" "$(limit "${2:-60}")" || {
		status=$?
		case $status in 124 | 125) console_tail "$1"; die "$1: the guest did not come back ($status)" ;; esac
		return $status
	}
}

# Ask QEMU: a QMP command with its arguments as JSON, or a line for QEMU's monitor for people.
qmp() { "$BUILD/qmp" ask "$OUT/$1.qmp" "$(limit 60)" "$2" "${3-}"; }	# name, command, arguments
monitor() { "$BUILD/qmp" hmp "$OUT/$1.qmp" "$(limit 60)" "$2"; }	# name, line
# Where each processor is, and what its local APIC has in service (ISR) and waiting (IRR).
registers() {	# name
	{ monitor "$1" 'info registers -a' | grep -E 'RIP|CR3|CPU#' || :
	for cpu in 0 1; do monitor "$1" "info lapic $cpu" | grep -E 'APIC state|^(LVTT|ISR|IRR)' || :; done; } >&2
}
# The state of the machine as QMP's query-status names it: running, paused, io-error, shutdown, ...
machine_state() { qmp "$1" query-status | sed -n 's/.*"status": "\([^"]*\)".*/\1/p'; }
dump_memory() {	# name, address, bytes; to $OUT/NAME.dump
	qmp "$1" pmemsave "{\"val\":$(($2)),\"size\":$(($3)),\"filename\":\"$OUT/$1.dump\"}" > /dev/null
	expect "$1: bytes of the dump" $(($3)) "$(stat -c %s "$OUT/$1.dump")"
}
# How many bytes of a picture of the screen are not zero; a black one has next to none.
lit() {	# name, picture
	monitor "$1" "screendump $OUT/$2.ppm" > /dev/null
	tail -c +16 "$OUT/$2.ppm" | tr -d '\000' | wc -c
}

runs() { kill -0 "$(cat "$OUT/$1.pid")" 2>/dev/null; }
# Wait until the machine is in a state; 1: it has ended.
in_state() {	# name, state, seconds
	tries=0
	until [ "$(machine_state "$1" 2>/dev/null)" = "$2" ]; do
		runs "$1" || return 1
		tries=$((tries + 1))
		[ $tries -lt $(($(limit "${3:-60}") * 20)) ] || { console_tail "$1"; die "$1: never was '$2'"; }
		sleep 0.05
	done
}

# Wait until QEMU has ended, in whatever way.
gone() {	# name, seconds
	tries=0
	while runs "$1"; do
		tries=$((tries + 1))
		if [ $tries -ge $(($(limit "${2:-60}") * 10)) ]; then
			console_tail "$1"
			registers "$1"
			die "$1: still runs after $(limit "${2:-60}") s"
		fi
		sleep 0.1
	done
}
# How QEMU ended: the guest has powered off or reset the machine, and this not by a triple fault,
# which QEMU reports as a reset.
check_end() {	# name, wanted reason of QMP's SHUTDOWN event
	reason=$(cat "$OUT/$1.ending")
	! grep -q 'Triple fault' "$OUT/$1.resets" || reason='triple fault'
	case "$reason" in
	"${2:-guest-shutdown}" | "${2:-guest-reset}") return ;;
	esac
	console_tail "$1"
	die "$1: ended by '$reason', not by ${2:-guest-shutdown or guest-reset}: $(cat "$OUT/$1.qemu")"
}
# Wait until the machine has ended by itself.
ended() {	# name, seconds, reason as for check_end
	gone "$1" "${2:-60}"
	check_end "$1" "${3-}"
}
kill_machine() { kill -9 "$(cat "$OUT/$1.qemu-pid")" 2>/dev/null || :; gone "$1" 10; }

# Send the command that hibernates; the machine powers off, or resets with --reboot.
hibernate() {	# name, options of kexec-hibernate, the target's file or "-": khimage cannot read it here
	"$BUILD/talk" "$OUT/$1" "$(limit 120)" "kexec-hibernate ${2-}" > "$OUT/$1.hibernate" 2>&1 &
	talk=$! tries=0
	# It comes back only if it failed.
	while runs "$1"; do
		tries=$((tries + 1))
		if ! kill -0 $talk 2>/dev/null || [ $tries -gt "$(limit 1200)" ]; then
			console_tail "$1"
			registers "$1"
			cat "$OUT/$1.hibernate" >&2
			die "$1: did not hibernate in $((tries / 10)) s"
		fi
		sleep 0.1
	done
	kill $talk 2>/dev/null || :
	wanted=guest-shutdown
	# END=reboot in the guest's configuration shows on the console alone.
	case "${2-} $(grep -o 'hibernate: rebooting' "$OUT/$1.console" || :)" in *reboot*) wanted=guest-reset ;; esac
	check_end "$1" $wanted
	case ${3-} in
	-) state=$(sed -n 's/.*hibernate: image on .* is \(armed\):.*/\1/p' "$OUT/$1.console") ;;
	*) state=$(image_field state "${3-}") ;;
	esac
	[ "$state" = armed ] || { console_tail "$1"; die "$1: ended, and the target is '$state', not armed"; }
}

# An orderly end, but for what is mounted.
off() { guest "$1" 'sync; (sleep 1; poweroff -f) > /dev/null 2>&1 &'; ended "$1" 60; }	# name

# Make the initramfs anew in a guest that has $OUT/initrd.img as /dev/vdc, and take it: $OUT/initrd.
new_initramfs() {	# name
	guest "$1" 'update-initramfs -u > /run/log 2>&1; cat /run/log; ! grep -q "left out" /run/log && stat -L -c %s /boot/initrd.img > /run/size && dd if=/boot/initrd.img of=/dev/vdc bs=1M conv=fsync 2> /dev/null' 120
	head -c "$(guest "$1" 'cat /run/size')" "$OUT/initrd.img" > "$OUT/initrd"
}

# Change the head of an image in a file, and seal it: C statements on h, a struct image_head.
alter_head() {	# file, statements
	cat > "$OUT/alter.c" <<END
#include <stddef.h>
#include <stdio.h>
#include "image/format.h"
#include "image/page.h"

int main(int argc, char **argv)
{
	static struct image_head h;
	FILE *f = fopen(argv[1], "r+");

	if (argc != 2 || !f || fread(&h, sizeof h, 1, f) != 1)
		return 1;
	$2
	h.sum = sum64(&h, offsetof(struct image_head, sum));
	rewind(f);
	return fwrite(&h, sizeof h, 1, f) != 1 || fclose(f);
}
END
	gcc -I. -o "$OUT/alter" "$OUT/alter.c" "$BUILD/host/image/page.o"
	"$OUT/alter" "$1"
}

expect() {	# what, wanted, got
	[ "$2" = "$3" ] || die "$1: expected '$2', got '$3'"
}
expect_console() {	# name, regular expression
	grep -qE "$2" "$OUT/$1.console" || { console_tail "$1"; die "$1: the console has no '$2'"; }
}

# Start a life in the guest: a program with a token in its memory, and random data in a tmpfs.
begin_life() {	# name, MiB of data
	token=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
	guest "$1" "/usr/lib/khib-test/life $token /root/life.file /run/life >/run/life.log 2>&1 & \
head -c ${2:-64}M /dev/urandom > /dev/shm/random; cat /proc/sys/kernel/random/boot_id > /run/boot_id" 120 > /dev/null
	life_sum=$(guest "$1" "sha256sum < /dev/shm/random | cut -d ' ' -f 1" 60)
	life_boot=$(guest "$1" 'cat /proc/sys/kernel/random/boot_id')
	life_count=0
	check_life "$1"
}

# Is it the same life, and has it gone on?  The open file has the numbers from 1 to the counter.
# shellcheck disable=SC2016
LIFE_REPORT='rm -f /run/life.out; echo > /run/life; i=0
until [ -s /run/life.out ]; do i=$((i+1)); [ $i -lt 300 ] || break; sleep 0.1; done
cat /run/life.out /run/life.log; set -- $(cat /run/life.out)
seq ${4:-0} | head -c ${6:-0} | cmp -n ${6:-0} - /root/life.file || echo differs
echo length $(seq ${4:-0} | wc -c)
echo boot $(cat /proc/sys/kernel/random/boot_id); echo sum $(sha256sum < /dev/shm/random | cut -c 1-64)'
check_life() {	# name
	report=$(guest "$1" "$(echo "$LIFE_REPORT" | paste -sd ';')" 60)
	# shellcheck disable=SC2086
	set -- "$1" $report
	expect "$1: token" "$token" "${3-none: $report}"
	expect "$1: numbers through TCP" "$5" "$9"
	[ "$5" -gt "$life_count" ] || die "$1: the counter stood still at $5"
	life_count=$5 life_offset=$7
	case $report in *differs*) die "$1: contents of the open file: $report" ;; esac
	expect "$1: length, boot_id and random data" "length $life_offset boot $life_boot sum $life_sum" \
		"$(echo "$report" | sed -n '/^length /,$p' | paste -sd ' ')"
}

# A machine that cannot resume ends by itself; the next one boots as if nothing were there.
refused_boot() {	# name, regular expression for the console, state of the target then
	ended "$1" 60
	expect_console "$1" "$2"
	expect "state of the target" "$3" "$(image_field state)"
	boot "$1-next"
	expect "an ordinary boot" ordinary "$(guest "$1-next" 'test -e /dev/shm/random || echo ordinary' 60)"
}

# What a target holds: a field of khimage state.
image_field() { "$BUILD/khimage" state "${2:-$OUT/target.img}" | sed -n "s/^$1 //p"; }	# field, file
make_armed() {	# MiB of random data
	disks
	boot make
	guest make "head -c ${1:-20}M /dev/urandom > /dev/shm/random" 60
	hibernate make
	cp --sparse=always "$OUT/target.img" "$OUT/armed.img"
	cp "$OUT/root.qcow2" "$OUT/armed.qcow2"
}
rearm() { cp --sparse=always "$OUT/armed.img" "$OUT/target.img"; cp "$OUT/armed.qcow2" "$OUT/root.qcow2"; }

# Change one bit of the byte at an offset of the target.
flip() {
	byte=$(od -An -tu1 -j "$1" -N 1 "$OUT/target.img" | tr -d ' ')
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((byte ^ 4)))" | dd of="$OUT/target.img" bs=1 seek="$1" conv=notrunc status=none
}

# Let a sed script change each session that a helper gets in a guest from now on.
alter_session() {	# name, sed script
	guest "$1" "cd /usr/lib/kexec-hibernate; [ -e kexec.real ] || mv kexec kexec.real; cp ../khib-test/kexec-altered kexec; \
printf '%s\n' '$2' > session.sed"
}

# Wait until a line on the console has come so many times.
until_console() {	# name, regular expression, times, seconds
	tries=0
	until [ "$(grep -cE "$2" "$OUT/$1.console")" -ge "${3:-1}" ]; do
		tries=$((tries + 1))
		[ $tries -lt $(($(limit "${4:-60}") * 20)) ] || { console_tail "$1"; die "$1: no '$2' on the console"; }
		sleep 0.05
	done
}
