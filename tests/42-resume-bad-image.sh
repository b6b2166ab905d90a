#!/bin/sh
# A damaged image, one that is cut short, or one of another window or kernel is refused with a
# clear line; the machine boots as always and nothing is lost but the session.
. "${0%/*}/lib.sh"

make_armed 20
size=$(image_field bytes)
bad() {	# name, message, state afterwards
	boot "$1"
	refused_boot "$1" "$2" "$3"
	kill_machine "$1-next"
	rearm
}

flip 1000
boot head	# found by the boot script already, which goes on
expect "an ordinary boot" ordinary "$(guest head 'test -e /dev/shm/random || echo ordinary' 60)"
expect_console head 'part:/dev/vdb: head: checksum is'
expect "state of the target" damaged "$(image_field state)"
kill_machine head
rearm

# Wherever a bit is wrong, the check sees it, without a machine.
flips() {	# codec
	i=0 bytes=$(image_field bytes)
	while [ $i -lt 34 ]; do
		offset=$(($(od -An -N4 -tu4 /dev/urandom) % bytes))
		flip $offset
		! "$BUILD/krestore" --check "$OUT/target.img" > "$OUT/flip" 2>&1 ||
			die "$1: a flip at $offset of $bytes was not seen"
		grep -qE 'checksum|magic|version' "$OUT/flip" || die "$1: a flip at $offset: $(cat "$OUT/flip")"
		flip $offset
		i=$((i + 1))
	done
	"$BUILD/krestore" --check "$OUT/target.img" > /dev/null 2>&1
	echo "note: codec $1: $i flips in $bytes bytes, all seen"
}
flips none

flip $((size / 2))
bad chunk '/dev/vdb: chunk [0-9]*: checksum of its data is [0-9a-f]*, its head has' failed
flip $((size - 4096 * 2))
bad tail '/dev/vdb: tail: checksum is [0-9a-f]*, the head has' failed
truncate -s $((size / 2 / 4096 * 4096)) "$OUT/target.img"
bad short "/dev/vdb: tail ends at $size, the target at" failed

WINDOW_SIZE=0x3000000
boot_helper window "khib.resume=part:/dev/vdb"
ended window 60
expect_console window '/dev/vdb: window: image has .*, this kernel lives in '
expect "another kernel may still resume it" armed "$(image_field state)"

# Other memory in the machine, and another CPU.
MEM=1200
bad memory '/dev/vdb: RAM map: image has [0-9]* bytes .*, this machine' failed
MEM=1024 CPU=Nehalem
bad cpu '/dev/vdb: CPU' failed
CPU=max

# And the same image, when nothing is wrong with it.
boot good
guest_end good
guest good 'test -e /dev/shm/random'
kill_machine good

# The other codecs that this build knows.
for codec in lz4 zstd; do
	disks
	boot "$codec"
	if guest "$codec" "echo CODEC=$codec >> /etc/kexec-hibernate.conf; kexec-hibernate --dry-run" 60 > "$OUT/plan"; then
		guest "$codec" 'head -c 20M /dev/urandom > /dev/shm/random' 60 > /dev/null
		hibernate "$codec"
		flips "$codec"
	else
		grep -q "CODEC=$codec: known is" "$OUT/plan" || die "$(cat "$OUT/plan")"
		echo "note: codec $codec is not built in"
		kill_machine "$codec"
	fi
done
