#!/bin/sh
# The target's disk fails, or is a little too small: B gives up and A is back, whole, with the reason;
# C never jumps, and after two attempts an ordinary boot follows.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
# One worker, so that each save puts the same pages in the same places.
MEM=512 CPUS=1

# --- B.  One machine, kept in a file at the moment when B is born, so that each fault meets the same
# memory, and it is known beforehand where everything will be written.
birth life 20
count=$life_count

from_birth() { life_count=$count; born "$@"; }
gives_up() {	# name, message, state of the target then; the faults or the size are set
	from_birth "$1"
	status=0
	guest_end "$1" > "$OUT/$1.end" || status=$?
	expect "$1: exit status" 3 "$status"
	grep -qE "not hibernated: $2" "$OUT/$1.end" || die "$1: no message '$2' in: $(cat "$OUT/$1.end")"
	expect "$1: state of the target" "$3" "$(image_field state)"
	[ "$(image_field resumable)" != yes ] || die "$1: A has gone on, and the target can be resumed"
	check_life "$1"
	kill_machine "$1"
	no_faults
	row - "B: $1" "$3" 'back in A, whole'
}

no_faults
from_birth undisturbed
ended undisturbed 60
expect "undisturbed" armed "$(image_field state)"
bytes=$(image_field bytes) tail=$(image_tail)
io='I/O error'

faults "write 0 0"
gives_up head-writing "write /dev/vdb at 0: $io" empty
faults "write $((tail / 1024 / 8 * 8))"
gives_up data "write /dev/vdb at [1-9][0-9]*: $io" empty
faults "write $((tail / 512))"
gives_up tail "write /dev/vdb at $tail: $io" empty
faults "flush - 1 once"
gives_up flush-of-tail "flush /dev/vdb: $io" empty
faults "write 0 2 once"
gives_up head-armed "write /dev/vdb at 0: $io" empty
faults "flush - 2 once"
gives_up flush-of-armed "flush /dev/vdb: $io" empty
# It cannot be taken back either, not by B and not by A.
faults "write 0 2"
gives_up head-armed-for-good "write /dev/vdb at 0: $io" writing

# Too small by a block: for the tail, for all of it, for the last chunk.
SIZE=$((bytes - 4096))
gives_up tail-short "/dev/vdb: image needs [0-9]* bytes, it has $SIZE" empty
SIZE=$tail
gives_up no-tail "/dev/vdb: image needs [0-9]* bytes, it has $SIZE" empty
SIZE=$((tail - 4096))
gives_up last-chunk "/dev/vdb: image needs more than its $SIZE bytes, [0-9]* are written" empty
# And just large enough (its tail has B's log, which may be a little longer).
SIZE=$((bytes + 4096))
from_birth fits
ended fits 60
expect "just large enough" armed "$(image_field state)"
boot fits-next
resumed fits-next
kill_machine fits-next
