#!/bin/sh
# Power fails while memory is restored: the next boot tries again, and after the second time no more.
. "${0%/*}/lib.sh"

make_armed 300
cut() {	# name
	boot "$1"
	tries=0
	until grep -q 'hibernate: restoring: 20 %' "$OUT/$1.console" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt "$(limit 600)" ] || die "$1: no restore began"
		sleep 0.1
	done
	kill_machine "$1"
}
cut first
expect "state" "resuming 1" "$(image_field state) $(image_field attempts)"
boot again
guest_end again
guest again 'test -e /dev/shm/random'
kill_machine again

rearm
cut one
cut two
expect "state" "resuming 2" "$(image_field state) $(image_field attempts)"
boot three
expect "an ordinary boot" ordinary "$(guest three 'test -e /dev/shm/random || echo ordinary' 60)"
expect_console three 'not resumed: image was tried 2 times, at most 2 are made'
expect "state" failed "$(image_field state)"
