# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is for those who source it
# What the comparison with swsusp shares, on top of tests/lib.sh: a guest that is filled, put to
# sleep in one way or another, and asked what has become of it.
# shellcheck source=tests/lib.sh
. tests/lib.sh

now_ms() { echo $(($(date +%s%N) / 1000000)); }
seconds() { printf '%d.%03d\n' $(($1 / 1000)) $(($1 % 1000)); }

# A disk whose blocks are all allocated on the host: the first write to a sparse file takes longer.
full_disk() {	# MiB
	rm -f "$OUT/target.img"
	dd if=/dev/zero of="$OUT/target.img" bs=1M count="$1" status=none
}
# The disks as they were, but for the target's old contents, of which only the first MiB matters.
fresh_disks() {
	qemu-img create -q -f qcow2 -b "$BUILD/guest/root.img" -F raw "$OUT/root.qcow2"
	dd if=/dev/zero of="$OUT/target.img" bs=1M count=1 conv=notrunc status=none
	sync "$OUT/target.img"
}

# The kernel parameters of a guest of swsusp, which has the target for swap.
swsusp_append() {	# lzo | lz4 | none
	case $1 in
	none) echo "nokaslr resume=/dev/vdb hibernate=nocompress" ;;
	*) echo "nokaslr resume=/dev/vdb hibernate.compressor=$1" ;;
	esac
}
swsusp_prepare() {	# name
	guest "$1" 'mkswap /dev/vdb > /dev/null && swapon /dev/vdb && echo shutdown > /sys/power/disk && dmesg -n 7' 60 > /dev/null
}
SWSUSP='echo disk > /sys/power/state'

# Sets CODEC in the guest's configuration; fails with the message if it is refused.
khib_codec() {	# name, codec, end of another line for the configuration
	guest "$1" "sed -i /^CODEC=/d /etc/kexec-hibernate.conf; echo CODEC=$2 >> /etc/kexec-hibernate.conf; \
/usr/lib/kexec-hibernate/khib targets > /dev/null"
}

# RAM of the guest that is in use, without what the kernel would give up at once.
used_mib() { guest "$1" "awk '/^MemAvailable/ { print int($MEM - \$2 / 1024) }' /proc/meminfo"; }

# A process of so many MiB, half of it text.  Sets FILL_SUM.
fill() {	# name, MiB, percent of text
	guest "$1" "/usr/lib/khib-test/fill $2 1 ${3:-50} /run/fill > /run/fill.log 2>&1 & until [ -p /run/fill ]; do \
kill -0 \$! || { cat /run/fill.log; exit 1; }; sleep 0.1; done" 180 > "$OUT/$1.fill"
	FILL_SUM=$(fill_report "$1" | cut -d ' ' -f 2)
}
# "sum SUM mib MIB ms MS": all of the process's memory has been read once.
fill_report() {
	guest "$1" "rm -f /run/fill.out; pidof fill > /dev/null || { echo 'the process is gone'; exit 0; }; \
echo > /run/fill; until grep ms /run/fill.out 2>/dev/null; do sleep 0.1; done" 300
}

# Amounts in KiB that tell what was evicted, and the boot: "NAME VALUE" lines.
memory_state() {
	guest "$1" "sed -n 's/^\(Mem[AF].*\|Cached\|Mapped\|Swap[FT].*\|AnonPages\): *\([0-9]*\).*/\1 \2/p' /proc/meminfo; \
sed 's/^/boot_id /' /proc/sys/kernel/random/boot_id; echo oom \$(dmesg | grep -c 'Out of memory')"
}
state_field() { sed -n "s/^$2 //p" "$1"; }	# file, name

# Run a command that switches the machine off.  Sets TOOK (ms); fails if the command comes back
# instead, which leaves its words in $OUT/NAME.answer.
until_off() {	# name, command, seconds
	off_start=$(now_ms) off_end=$(($(now_ms) + $(limit "${3:-120}") * 1000))
	"$BUILD/talk" "$OUT/$1" "$(limit "${3:-120}")" "$2" > "$OUT/$1.answer" 2>&1 &
	off_talk=$!
	while kill -0 "$(cat "$OUT/$1.pid")" 2>/dev/null; do
		kill -0 $off_talk 2>/dev/null || return 1
		[ "$(now_ms)" -lt $off_end ] || { kill $off_talk; console_tail "$1"; return 1; }
		sleep 0.02
	done
	TOOK=$(($(now_ms) - off_start))
	check_end "$1" guest-shutdown
	kill $off_talk 2>/dev/null || :
}

# What dd takes for so many MiB of the target, in ms, the better of two.
dd_ms() {	# name, read | write, MiB
	case $2 in
	read) dd_command="dd if=/dev/vdb of=/dev/null iflag=direct bs=1M count=$3" ;;
	write) dd_command="dd if=/dev/zero of=/dev/vdb oflag=direct bs=1M count=$3" ;;
	esac
	guest "$1" "for i in 1 2; do $dd_command 2>&1; done" 300 |
		awk -F, '/ copied/ { t = $(NF - 1) * 1000; if (!best || t < best) best = t } END { printf "%d\n", best }'
}

# A number from the console: the last one that a sed expression finds.
from_console() { tr -d '\r' < "$OUT/$1.console" | sed -nE "s/.*$2.*/\1/p" | tail -n 1; }	# name, expression with ( )
