# shellcheck shell=sh
# What the tests of faults share: QEMU's blkdebug under the target, and machines that are cut off.
#
# Fault rules name the request that fails, by what is written or read and where.  The driver counts
# the flushes of the target, so a rule can wait for the second head, say: state N is after N-1 flushes.

# Requests that are to fail, one in each argument: "WHAT SECTOR [FLUSHES [once]]".  WHAT is write, read
# or flush; SECTOR - is any; with FLUSHES only after just so many, and - is any number.
fault_rules() {
	: > "$OUT/rules"
	for flushed in 1 2 3 4 5 6; do
		printf '[set-state]\nevent = "flush_to_disk"\nstate = "%d"\nnew_state = "%d"\n' $flushed $((flushed + 1)) >> "$OUT/rules"
	done
	for rule; do
		# shellcheck disable=SC2086
		set -- $rule
		request=$1 sector=$2 flushes=${3-} once=${4-} event=none
		[ "$flushes" != - ] || flushes=
		case $request in
		write) [ -z "$flushes" ] || event=pwritev ;;
		read) [ -z "$flushes" ] || event=read_aio ;;
		flush) [ -z "$flushes" ] || event=flush_to_disk ;;
		*) die "fault_rules: $rule" ;;
		esac
		printf '[inject-error]\nevent = "%s"\niotype = "%s"\nerrno = "5"\n' "$event" "$request"
		[ "$sector" = - ] || printf 'sector = "%d"\n' "$sector"
		[ -z "$flushes" ] || printf 'state = "%d"\n' $((flushes + 1))
		[ -z "$once" ] || printf 'once = "on"\n'
	done >> "$OUT/rules"
	TARGET_DRIVE="driver=raw,file.driver=blkdebug,file.config=$OUT/rules,file.image.driver=file,file.image.filename=$OUT/target.img"
}

# The machine meets the faults as errors, or (stop) stands still just before the request is done.
faults() { TARGET_DEVICE_OPTIONS=,werror=report,rerror=report; fault_rules "$@"; }
stops() { TARGET_DEVICE_OPTIONS=,werror=stop,rerror=stop; fault_rules "$@"; }
no_faults() { TARGET_DRIVE='' TARGET_DEVICE_OPTIONS=''; }

# Wait until a rule has stopped the machine.  1: it ended by itself.
stopped() { in_state "$1" io-error "${2:-60}"; }	# name, seconds

ms() { date +%s%3N; }
pause() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }	# milliseconds

# One line of the table of cuts, for people and for tests/out.
row() {
	line=$(printf '%-3s %-34s %-12s %s' "$@")
	echo "$line" >> "$OUT/table"
	echo "note: $line"
}

# Of the points on standard input those with + at the front, or all (POINTS=all), or those in which
# the regular expression POINTS is found.
choose_points() {
	case ${POINTS-} in
	'') sed -n 's/^+//p' ;;
	all) sed 's/^+//' ;;
	*) sed 's/^+//' | grep -e "$POINTS" || : ;;
	esac > "$OUT/points"
	[ -s "$OUT/points" ] || die "no point has '$POINTS'"
}

# The root file system after an orderly stop, as a check of another machine would see it.
orderly_stop() {	# name
	# shellcheck disable=SC2016 # for the guest
	guest "$1" 'pid=$(pidof life) && kill $pid && while kill -0 $pid; do sleep 0.1; done 2>/dev/null; mount -o remount,ro /' > /dev/null || die "$1: root could not be made read-only"
	qemu-img convert -U -O raw "$OUT/root.qcow2" "$OUT/root.img"
	e2fsck -fn "$OUT/root.img" > "$OUT/$1.fsck" 2>&1 || die "$1: root is not clean: $(cat "$OUT/$1.fsck")"
	rm "$OUT/root.img"
}

# A boot that knows nothing of a former life, and leaves nothing that a later one would resume.
ordinary() {	# name
	expect "$1: an ordinary boot" ordinary "$(guest "$1" 'test -e /dev/shm/random || echo ordinary' 60)"
	[ "$(image_field resumable)" != yes ] || die "$1: went on as an ordinary boot, and the target can still be resumed"
	orderly_stop "$1"
}
resumed() {	# name
	guest_end "$1" > "$OUT/$1.end"
	check_life "$1"
	expect "$1: state of the target" used "$(image_field state)"
	orderly_stop "$1"
}

image_tail() { od -An -tu8 -j 216 -N 8 "$OUT/target.img" | tr -d ' '; }	# docs/image-format.md

# Keep a machine as it is, with its memory, in a file, and go on from there.
save_machine() {	# name, file
	qmp "$1" stop > /dev/null
	qmp "$1" migrate "{\"uri\":\"exec:cat > $2\"}" > /dev/null
	tries=0
	until qmp "$1" query-migrate > "$OUT/$1.migrate" && grep -q '"status": "completed"' "$OUT/$1.migrate"; do
		tries=$((tries + 1))
		! grep -q '"status": "failed"' "$OUT/$1.migrate" && [ $tries -lt "$(limit 600)" ] ||
			die "$1: $(cat "$OUT/$1.migrate" "$OUT/$1.qemu")"
		sleep 0.1
	done
}
go_on() {	# name of a machine that was started with -incoming
	in_state "$1" paused || die "$1: $(cat "$OUT/$1.qemu")"
	qmp "$1" cont > /dev/null
}

# Let a machine hibernate, and keep it as it is when B has just begun: $OUT/birth.*.  On a loaded machine
# it may be stopped too late.
birth() {	# name, MiB of data
	for try in 1 2 3; do
		disks 600M
		boot "$1"
		begin_life "$1" "$2"
		! stop_at_birth "$1" || break
		echo "$1, try $try: B had seen its disks before it was stopped"
		[ $try -lt 3 ] || die "$1: B has seen its disks each time"
	done
	cp --sparse=always "$OUT/target.img" "$OUT/birth.img"
	cp "$OUT/root.qcow2" "$OUT/birth.qcow2"
}
stop_at_birth() {	# name
	"$BUILD/talk" "$OUT/$1" "$(limit 60)" kexec-hibernate > "$OUT/$1.hibernate" 2>&1 &
	PIDS="$PIDS $!"
	tries=0
	until grep -q 'Linux version' "$OUT/$1.console"; do	# A boots with "quiet"
		tries=$((tries + 1))
		[ $tries -lt $(($(limit 60) * 50)) ] || { console_tail "$1"; die "$1: B never began"; }
		sleep 0.02
	done
	save_machine "$1" "$OUT/birth.state"
	kill_machine "$1"
	! grep -q 'virtio_blk virtio' "$OUT/$1.console"
}
# Go on from there; with SIZE the target has that many bytes.
born() {	# name
	cp --sparse=always "$OUT/birth.img" "$OUT/target.img"
	cp "$OUT/birth.qcow2" "$OUT/root.qcow2"
	[ -z "${SIZE-}" ] || truncate -s "$SIZE" "$OUT/target.img"
	boot "$1" '' -incoming "exec:cat $OUT/birth.state"
	go_on "$1"
}

