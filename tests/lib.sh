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
MAIN_APPEND="console=ttyS0 root=/dev/vda rw panic=-1 oops=panic quiet init=/usr/lib/khib-test/init"

disks() {	# size of the target, as qemu-img takes it
	qemu-img create -q -f qcow2 -b "$BUILD/guest/root.img" -F raw "$OUT/root.qcow2"
	rm -f "$OUT/target.img"
	truncate -s "${1:-2G}" "$OUT/target.img"
}

# Start a machine; the arguments go to QEMU.  It runs on until it ends or the test does.
qemu() {
	name=$1
	shift
	rm -f "$OUT/$name.in" "$OUT/$name.out" "$OUT/$name.monitor"
	mkfifo "$OUT/$name.in" "$OUT/$name.out"
	set -- -name "$name" -machine "$MACHINE" -accel tcg,thread=multi -cpu "$CPU" -smp "$CPUS" -m "$MEM" \
		-pidfile "$OUT/$name.qemu-pid" -nodefaults -no-user-config -no-reboot -display none -serial "file:$OUT/$name.console" \
		-monitor "unix:$OUT/$name.monitor,server=on,wait=off" \
		-drive "file=$OUT/root.qcow2,if=none,id=root,format=qcow2" -device virtio-blk-pci,drive=root \
		-drive "${TARGET_DRIVE:-file=$OUT/target.img,format=raw},if=none,id=target${TARGET_OPTIONS-}" \
		-device virtio-blk-pci,drive=target${TARGET_DEVICE_OPTIONS-} \
		-device virtio-serial-pci -chardev "pipe,id=agent,path=$OUT/$name" \
		-device virtserialport,chardev=agent,name=khib "$@"
	echo "qemu-system-x86_64 $*" > "$OUT/$name.cmd"
	# A machine that nobody ends any more ends by itself.
	timeout "$(limit 600)" qemu-system-x86_64 "$@" > "$OUT/$name.qemu" 2>&1 &
	echo $! > "$OUT/$name.pid"
	PIDS="${PIDS-} $!"
	tries=0
	until [ -S "$OUT/$name.monitor" ]; do
		tries=$((tries + 1))
		[ $tries -lt "$(limit 100)" ] || die "$name: QEMU did not start: $(cat "$OUT/$name.qemu")"
		sleep 0.1
	done
}
# shellcheck disable=SC2086
trap 'kill ${PIDS-} 2>/dev/null || :' EXIT

# The user's system: kernel A (or on its way to resume one) with its own initramfs.
boot() {	# name, extra kernel parameters, QEMU arguments
	boot_name=$1 boot_append=${2-}
	shift; [ $# = 0 ] || shift
	qemu "$boot_name" -kernel "$BUILD/main/bzImage" -initrd "$BUILD/guest/initrd" \
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
console=ttyS0 loglevel=6 printk.devkmsg=on panic=10 $boot_append" "$@"
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

# Ask QEMU itself, through its monitor.
monitor() { { echo "$2"; sleep "${3:-1}"; } | socat - "UNIX-CONNECT:$OUT/$1.monitor"; }
registers() { monitor "$1" 'info registers -a' | grep -E 'RIP|CR3|CPU#' >&2 || :; }

# Wait until the machine has ended by itself.
ended() {	# name, seconds
	pid=$(cat "$OUT/$1.pid") tries=0
	while kill -0 "$pid" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt $(($(limit "${2:-60}") * 10)) ] || { console_tail "$1"; registers "$1"; die "$1: still runs after $(limit "${2:-60}") s"; }
		sleep 0.1
	done
}
kill_machine() { kill -9 "$(cat "$OUT/$1.qemu-pid")" 2>/dev/null || :; ended "$1" 10; }

# Send the command that hibernates; the machine powers off.
hibernate() {	# name, options of kexec-hibernate
	"$BUILD/talk" "$OUT/$1" "$(limit 120)" "kexec-hibernate ${2-}" > "$OUT/$1.hibernate" 2>&1 &
	talk=$! tries=0
	# It comes back only if it failed.
	while kill -0 "$(cat "$OUT/$1.pid")" 2>/dev/null; do
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
	grep -q 'image on .* is armed' "$OUT/$1.console" || { console_tail "$1"; die "$1: ended without an armed image"; }
}

expect() {	# what, wanted, got
	[ "$2" = "$3" ] || die "$1: expected '$2', got '$3'"
}
expect_console() {	# name, regular expression
	grep -qE "$2" "$OUT/$1.console" || { console_tail "$1"; die "$1: the console has no '$2'"; }
}

# Start a life in the guest: a program with a token in its memory, and 200 MiB of random data.
begin_life() {	# name, MiB
	token=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
	guest "$1" "/usr/lib/khib-test/life $token /root/life.file /run/life >/run/life.log 2>&1 & \
head -c ${2:-200}M /dev/urandom > /dev/shm/random; cat /proc/sys/kernel/random/boot_id > /run/boot_id" 120 > /dev/null
	life_sum=$(guest "$1" 'sha256sum < /dev/shm/random' 60)
	life_boot=$(guest "$1" 'cat /proc/sys/kernel/random/boot_id')
	life_count=0
	check_life "$1"
}

# Is it the same life, and has it gone on?
check_life() {	# name
	guest "$1" 'rm -f /run/life.out; echo > /run/life' 10 > /dev/null
	report=$(guest "$1" 'i=0; until [ -s /run/life.out ]; do i=$((i+1)); [ $i -lt 300 ] || break; sleep 0.1; done; cat /run/life.out /run/life.log' 60)
	# shellcheck disable=SC2086
	set -- "$1" $report
	expect "$1: token" "$token" "${3-none: $report}"
	expect "$1: numbers through TCP" "$5" "$9"
	[ "$5" -gt "$life_count" ] || die "$1: the counter stood still at $5"
	life_count=$5 life_offset=$7
	expect "$1: length of the open file" "$life_offset" "$(guest "$1" "head -c $life_offset /root/life.file | wc -c")"
	expect "$1: boot_id" "$life_boot" "$(guest "$1" 'cat /proc/sys/kernel/random/boot_id')"
	expect "$1: random data" "$life_sum" "$(guest "$1" 'sha256sum < /dev/shm/random' 60)"
}

# What a target holds: a field of khimage state.
image_field() { "$BUILD/khimage" state "$OUT/target.img" | sed -n "s/^$1 //p"; }

# A machine that cannot resume ends by itself; the next one boots as if nothing were there.
refused_boot() {	# name, regular expression for the console, state of the target then
	ended "$1" 60
	expect_console "$1" "$2"
	expect "state of the target" "$3" "$(image_field state)"
	boot "$1-next"
	expect "an ordinary boot" ordinary "$(guest "$1-next" 'test -e /dev/shm/random || echo ordinary' 60)"
}

# Make an armed image once, in the directory of the test: $OUT/armed.img and $OUT/armed.qcow2.
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

# Wait until a line on the console has come so many times.
until_console() {	# name, regular expression, times, seconds
	tries=0
	until [ "$(grep -cE "$2" "$OUT/$1.console")" -ge "${3:-1}" ]; do
		tries=$((tries + 1))
		[ $tries -lt $(($(limit "${4:-60}") * 20)) ] || { console_tail "$1"; die "$1: no '$2' on the console"; }
		sleep 0.05
	done
}
