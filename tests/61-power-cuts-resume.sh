#!/bin/sh
# Power fails at 30 points of a resume (5 without POINTS=all), at some of them twice: the image comes
# back whole at the second attempt, else an ordinary boot follows, and no third attempt.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
MEM=512

# The path, where the power fails, how often, and the state of the target after the last time.  Behind
# the state, what the next boot is.  "time" is hundredths of the time that an ordinary boot takes; chunks
# are read at hundredths of the image.  Those with + are in the short run.
points() {
	cat <<'END'
chained time:20 1 armed resumed
chained time:50 1 armed resumed
chained time:80 1 * *
chained before:attempt:write:0:0 1 armed resumed
chained before:attempt:write:0:0 2 armed resumed
+chained before:flush-of-attempt:flush:-:0 1 resuming resumed
chained before:flush-of-attempt:flush:-:0 2 resuming ordinary
chained line:resuming_the_image 1 resuming resumed
chained before:tail:read:TAIL:1 1 resuming resumed
chained chunk:0 1 resuming resumed
chained chunk:10 1 resuming resumed
chained chunk:20 1 resuming resumed
chained chunk:30 1 resuming resumed
chained chunk:40 1 resuming resumed
+chained chunk:50 2 resuming ordinary
chained chunk:60 1 resuming resumed
chained chunk:70 1 resuming resumed
chained chunk:80 1 resuming resumed
chained chunk:90 1 resuming resumed
chained chunk:99 2 resuming ordinary
+chained before:used:write:0:1 1 resuming resumed
chained before:flush-of-used:flush:-:1 1 used ordinary
chained line:jumping_back 1 used ordinary
+chained awake 1 used ordinary
direct before:attempt:write:0:0 1 armed resumed
direct before:flush-of-attempt:flush:-:0 2 resuming ordinary
direct before:tail:read:TAIL:0 1 armed resumed
+direct chunk:50 1 resuming resumed
direct before:used:write:0:1 2 resuming ordinary
direct before:flush-of-used:flush:-:1 1 used ordinary
END
}

faults_of() {	# a point: the machine is to stop there
	no_faults
	case $1 in
	before:*) rule=${1#before:*:}; stops "$(echo "$rule" | sed "s/TAIL/$((tail_offset / 512))/" | tr : ' ')" ;;
	chunk:*)
		block=$((1 + tail_offset * ${1#*:} / 409600))
		stops "read $((block * 8)) 1" ;;
	esac
}
start() {	# name: on its way to resume
	case $path in
	direct) boot_helper "$1" khib.resume=part:/dev/vdb ;;
	*) boot "$1" ;;
	esac
}
cut() {	# name: start it, and let it have its end at the point
	faults_of "$point"
	start "$1"
	case $point in
	time:*) pause $((boot_ms * ${point#*:} / 100)) ;;
	line:*)
		line=$(echo "${point#*:}" | tr _ ' ')
		until grep -q "$line" "$OUT/$1.console"; do
			kill -0 "$(cat "$OUT/$1.pid")" || die "$1: ended without '$line'"
			sleep 0.01
		done ;;
	awake) guest_end "$1" > /dev/null ;;
	*) stopped "$1" || { console_tail "$1"; die "$1: ended before it came to $point"; } ;;
	esac
	kill_machine "$1"
	case $point in
	before:*used*) ! grep -q 'jumping back' "$OUT/$1.console" || die "$1: jumped before the image was used for good" ;;
	esac
}

# The life that all points end, or not.
disks 600M
began=$(ms)
boot make nokaslr	# so that the window is the one of the direct path
guest make true 60 > /dev/null
boot_ms=$(($(ms) - began))
begin_life make 40
armed_count=$life_count
hibernate make
cp --sparse=always "$OUT/target.img" "$OUT/armed.img"
cp "$OUT/root.qcow2" "$OUT/armed.qcow2"
tail_offset=$(image_tail)
[ "$tail_offset" -lt "$(image_field bytes)" ] || die "tail at $tail_offset"

n=0
points | choose_points
total=$(wc -l < "$OUT/points")
while read -r path point times want outcome <&4; do
	n=$((n + 1)) time=0 life_count=$armed_count
	rearm
	while [ $time -lt "$times" ]; do
		time=$((time + 1))
		cut "cut$n-$time"
	done
	state=$(image_field state) attempts=$(image_field attempts)
	[ "$want" = '*' ] || expect "cut $n at $point: state of the target" "$want" "$state"
	if [ "$outcome" = '*' ]; then
		outcome=resumed
		[ "$state" != used ] || outcome=ordinary
	fi
	no_faults
	start "next$n"
	if [ "$outcome" = resumed ]; then
		resumed "next$n"
	else
		if [ "$path" = direct ]; then	# the helper has nothing to do here, and the next in the boot order comes
			ended "next$n" 60
			expect_console "next$n" 'hibernate: rebooting for an ordinary boot'
			boot "next$n"
		fi
		ordinary "next$n"
		[ "$state" = used ] || expect "cut $n: state after two attempts" failed "$(image_field state)"
	fi
	kill_machine "next$n"
	row $n "$path $point x $times" "$state $attempts" "$outcome, clean"
done 4< "$OUT/points"
[ $n = "$total" ] || die "$n points"
