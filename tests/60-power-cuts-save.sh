#!/bin/sh
# Power fails at 30 points of a save (5 without POINTS=all): what is armed comes back whole, all else is
# an ordinary boot with a clean file system.  The same machine goes through all of them.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
MEM=512

# Where the power fails, and the state of the target then (* any, same: as before).  "time" is hundredths
# of a whole save; the others are just before a request to the target is done: the heads writing and armed
# are writes to sector 0, each has a flush, and the second flush is that of data and tail.  A blank target
# gets an empty head before them.  Those with + are in the short run.
points() {
	cat <<'END'
time 5 *
time 15 *
+time 30 *
time 40 *
time 50 *
time 60 *
time 70 *
time 80 *
time 90 *
time 97 *
before:head-empty write:0:0 none
before:flush-of-empty flush:-:0 empty
+before:head-writing write:0:0 same
before:flush-of-writing flush:-:0 writing
data 1 writing
data 8 writing
data 16 writing
data 24 writing
+data 32 writing
data 40 writing
data 48 writing
data 56 writing
data 64 writing
data 72 writing
data 80 writing
before:flush-of-tail flush:-:1 writing
+before:head-armed write:0:2 writing
+before:flush-of-armed flush:-:2 armed
armed - armed
power-off - armed
END
}

start() {	# name: a machine that will be cut at this point
	no_faults
	# A boot tells once of an image that was interrupted; that it did is a flush, which the rules would count.
	[ "${state-}" != writing ] || "$BUILD/khimage" told "$OUT/target.img"
	case $what in
	*-empty) truncate -s 0 "$OUT/target.img"; truncate -s 600M "$OUT/target.img" ;;
	esac
	before=$(image_field state)
	case $what in
	before:*) stops "$(echo "$where" | tr : ' ')" ;;
	data)
		block=$((image_bytes * where / 409600))
		stops "write $((block * 8))" ;;
	esac
	boot "$1"
}
when() {	# a command holds; the machine may have ended before it is seen
	until "$@"; do
		kill -0 "$(cat "$OUT/$name.pid")" 2>/dev/null || return 0
		sleep 0.01
	done
}
is_armed() { [ "$(image_field state)" = armed ]; }
is_ending() { grep -q 'hibernate: powering off' "$OUT/$name.console"; }

cut() {	# in the midst of a save of the machine $name
	"$BUILD/talk" "$OUT/$name" "$(limit 120)" kexec-hibernate > "$OUT/$name.hibernate" 2>&1 &
	PIDS="$PIDS $!"
	case $what in
	time) pause $((save_ms * where / 100)) ;;
	armed) when is_armed ;;
	power-off) when is_ending ;;
	*) stopped "$name" || die "$name: ended before it came to $what $where" ;;
	esac
	kill_machine "$name"
	state=$(image_field state)
	case $want in
	'*' | "$state") ;;
	same) expect "$name: cut at $what $where: state of the target" "$before" "$state" ;;
	*) die "$name: cut at $what $where: the target is $state, not $want" ;;
	esac
}

# What a whole save takes, and how it ends.
disks 600M
boot whole
begin_life whole 40
began=$(ms)
hibernate whole
save_ms=$(($(ms) - began)) image_bytes=$(image_field bytes)
boot whole-next
resumed whole-next
kill_machine whole-next
echo "a save takes $save_ms ms and $image_bytes bytes"

points | choose_points
total=$(wc -l < "$OUT/points")
point() {	# number
	set -- "$(sed -n "$1p" "$OUT/points")"
	what=${1%% *} want=${1##* } where=${1#* }
	where=${where%% *}
}

n=0 name=''
while [ $n -lt "$total" ]; do
	n=$((n + 1))
	point $n
	if [ "$name" ]; then	# it stands there since the last cut, an ordinary boot
		guest "$name" 'mount -o remount,rw /' > /dev/null
	else
		name=cut$n
		start "$name"
	fi
	begin_life "$name" 40
	cut
	name=next$n told="$what $where" at=${state:-none}
	if [ "$at" = armed ]; then
		no_faults
		boot "$name"
		resumed "$name"
		kill_machine "$name"
		name=''
		row $n "$told" "$at" 'resumed, whole and clean'
	else
		point $((n + 1))	# the machine that comes up now is to meet the next fault
		start "$name"
		ordinary "$name"
		row $n "$told" "$at" 'ordinary boot, clean'
	fi
done
[ -z "$name" ] || kill_machine "$name"
