# shellcheck shell=sh
# What a person is told: what targets hold, and how a hibernation went.

# Each line to the journal, or to the kernel's log where there is none.
to_log() {
	while IFS= read -r line; do
		# Without that socket logger loses the line and says nothing.
		if [ ! -S /dev/log ] || ! logger -t kexec-hibernate -- "$line" 2>/dev/null; then
			echo "kexec-hibernate: $line" > /dev/kmsg
		fi
	done
}
tee_log() {	# and to the user
	while IFS= read -r line; do
		echo "$line"
		echo "$line" | to_log
	done
}

seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }	# from milliseconds
when() { date -d "@$1" '+%Y-%m-%d %H:%M:%S'; }

# One target, in words.
report_target() {
	state=$("$lib/khimage" state "$1" 2>&1) || { printf '%s\n  %s\n' "$1" "${state#khimage: }"; return 0; }
	field() { echo "$state" | sed -n "s/^$1 //p"; }
	echo "$1 ($(field device), $(($(field size) >> 20)) MiB)"
	case $(field state) in
	armed | resuming | used | failed)
		echo "  image of kernel $(field release), $(($(field bytes) >> 20)) MiB, saved $(when "$(field time)")" ;;
	esac
	case $(field state) in
	none) echo "  not a target yet; it is made one if it is blank" ;;
	damaged) echo "  damaged: $(field reason)" ;;
	empty)
		echo "  empty"
		[ -z "$(field reason)" ] || echo "  the last save to it failed: $(field reason)" ;;
	writing) echo "  an image that is not complete: its writing was interrupted" ;;
	armed) echo "  the next boot resumes it" ;;
	resuming)
		echo "  a resume was begun $(field attempts) times and did not end"
		[ "$(field resumable)" = yes ] && echo "  the next boot tries again" ||
			echo "  it is not tried again: $(field resumable)" ;;
	used) echo "  resumed $(when "$(field ended)")" ;;
	failed)
		echo "  set aside $(when "$(field ended)"), never to be resumed:"
		echo "  $(field reason)" ;;
	esac
}

# What the helper said while it saved is in the image of this session.
report_save() {	# file with the session
	session=$(sed -n 's/^id //p' "$1")
	for t in $TARGETS; do
		"$lib/khimage" state "$t" 2>/dev/null | grep -qx "session $session" || continue
		"$lib/khimage" log "$t" 2>&1 | to_log
		return
	done
	echo "what the helper said while it saved is on none of: $TARGETS" | to_log
}

# Back in this system: status of khib-jump, file with the mailbox's text, file with the session.
# The first empty line parts the outcome from the helper's log.
report_return() {
	key() { sed -n "s/^$1 //p;/^\$/q" "$outcome"; }
	outcome=$2 message=''
	if [ "$1" = 0 ]; then
		report_save "$3"
	fi
	if [ -s "$outcome" ]; then
		message=$(key message)
		sed '1,/^$/d' "$outcome" | tee_log
	fi
	case $1 in
	0) echo "resumed: $(($(key bytes) >> 20)) MiB restored in $(seconds "$(key restore-ms)"), saved in $(seconds "$(key save-ms)")" | tee_log ;;
	3) echo "not hibernated: ${message:-the helper gave no reason}" | tee_log >&2 ;;
	esac
}
