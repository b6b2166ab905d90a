#!/bin/sh
# The target's disk fails while an image is resumed: no jump, a second attempt, then an ordinary boot.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
MEM=512 io='I/O error'

disks 600M
boot make
begin_life make 20
hibernate make
count=$life_count
cp --sparse=always "$OUT/target.img" "$OUT/armed.img"
cp "$OUT/root.qcow2" "$OUT/armed.qcow2"
tail=$(image_tail)
block=$((tail / 8192))
middle=$((block * 8))

fails() {	# name, message, state and attempts then
	boot "$1"
	ended "$1" 60
	expect_console "$1" "$2"
	! grep -q 'jumping back' "$OUT/$1.console" || die "$1: jumped"
	expect "$1: state and attempts" "$3" "$(image_field state) $(image_field attempts)"
	row - "C: $1" "$3" 'no jump, reboot'
}
goes_on() {	# name, resumed or ordinary, the console's reason, state then
	no_faults
	life_count=$count
	boot "$1"
	"$2" "$1"
	[ -z "$3" ] || expect_console "$1" "$3"
	expect "$1: state of the target" "$4" "$(image_field state)"
	kill_machine "$1"
	row - "$1" "$4" "$2, clean"
	rearm
}

# A chunk, when memory is half written.  The disk has only had a bad moment.
faults "read $middle 1"
fails chunk "read /dev/vdb at [1-9][0-9]*: $io" 'resuming 1'
goes_on chunk-next resumed 'jumping back' used
# And again and again: the image is set aside with the reason.
faults "read $middle 1"
fails chunk-once "read /dev/vdb at [1-9][0-9]*: $io" 'resuming 1'
fails chunk-twice "read /dev/vdb at [1-9][0-9]*: $io" 'failed 2'
goes_on chunk-no-more ordinary "not resumed: read /dev/vdb at [0-9]*: $io" failed

faults "read $((tail / 512)) 1"
fails tail-once "read /dev/vdb at $tail: $io" 'resuming 1'
fails tail-twice "read /dev/vdb at $tail: $io" 'failed 2'
goes_on tail-no-more ordinary "not resumed: read /dev/vdb at $tail: " failed

# All is restored, but the image cannot be marked as used.
faults "write 0 1"
fails used-once "write /dev/vdb at 0: $io" 'resuming 1'
fails used-twice "write /dev/vdb at 0: $io" 'resuming 2'
goes_on used-no-more ordinary 'not resumed: image was tried 2 times, at most 2 are made' failed
# It is marked, but may not have come to rest.
faults "flush - 1 once"
fails flush-of-used "flush /dev/vdb: $io" 'used 1'
goes_on flush-of-used-next ordinary '' used

# The attempt cannot be counted: then there is none.
faults "write 0 0 once"
boot attempt
ordinary attempt
expect_console attempt "write /dev/vdb at 0: $io"
expect_console attempt 'not resumed: the attempt could not be counted'
expect "attempt: state and reason" "failed the attempt could not be counted" "$(image_field state) $(image_field reason)"
kill_machine attempt
rearm

# Direct, the head cannot be read.
faults "read 0"
boot_helper head khib.resume=part:/dev/vdb
ended head 60
expect_console head "read /dev/vdb at 0: $io"
expect_console head 'hibernate: rebooting for an ordinary boot'
expect "head: state and attempts" 'armed 0' "$(image_field state) $(image_field attempts)"
goes_on head-next resumed 'jumping back' used

# A disk that can be read but not written while the system boots as always, and is well again later:
# the file systems have gone on, and the guards alone can tell.
faults "write 0 0"
boot stuck
expect "stuck: an ordinary boot" ordinary "$(guest stuck 'test -e /dev/shm/random || echo ordinary' 60)"
expect_console stuck 'part:/dev/vdb: could not be discarded'
orderly_stop stuck
kill_machine stuck
expect "stuck: state of the target" armed "$(image_field state)"
no_faults
boot well
refused_boot well 'guard: ext4 of /dev/vda .* was written since' failed
