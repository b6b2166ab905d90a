#!/bin/sh
# Of two commands at once one hibernates, the other names the lock; a lost terminal is no failure.
. "${0%/*}/lib.sh"

disks
boot first
begin_life first 20
# The first one stands still when it has its plan.  Then its terminal goes, which it is told to bear.
guest first 'cd /usr/lib/kexec-hibernate; mv kexec kexec.real; mkfifo /run/go; printf "%s\n" "#!/bin/sh" "touch /run/planned && read -r go < /run/go" "exec \"\$0.real\" \"\$@\"" > kexec; chmod 755 kexec'
guest first 'script -q -c "trap \"\" HUP; kexec-hibernate > /dev/tty 2>&1; echo \$? > /run/status" /dev/null > /run/script 2>&1 < /dev/null & i=0; until [ -e /run/planned ]; do i=$((i+1)); [ $i -lt 900 ] || break; sleep 0.1; done; ls /run/planned' 120
guest first 'kill -KILL $(pidof script)'
status=0
out=$(guest first kexec-hibernate) || status=$?
expect "exit status of the second command" 1 "$status"
expect "what it says" "kexec-hibernate: /run/khib/lock: another kexec-hibernate is at work" "$out"
"$BUILD/talk" "$OUT/first" "$(limit 60)" 'echo go > /run/go; until [ -s /run/status ]; do sleep 0.1; done; exit $(cat /run/status)' > /dev/null 2>&1 &
PIDS="$PIDS $!"
ended first 60
expect "state of the image" armed "$(image_field state)"

boot second
status=0
guest_end second || status=$?
expect "exit status of the first command" 0 "$status"
check_life second
guest second 'flock -n /run/khib/lock true' || die "the lock is still held"
guest second "dmesg" > "$OUT/dmesg"
grep -q "kexec-hibernate: resumed: " "$OUT/dmesg" || die "the log does not tell of the resume"
