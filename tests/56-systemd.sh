#!/bin/sh
# A Debian with systemd and udev goes on after a cold boot, shuts down cleanly, and its file system is clean.
. "${0%/*}/lib.sh"

MAIN_APPEND="console=ttyS0 root=/dev/vda ro panic=-1 oops=panic quiet systemd.show_status=no"
disks
boot first
expect "pid 1" systemd "$(guest first 'cat /proc/1/comm' 180)"
guest first 'systemctl is-system-running --wait || :' 180
begin_life first
guest first 'systemd-run --unit=writer sh -c "while :; do date >> /root/dates; sleep 0.2; done"'
hibernate first
boot second
guest_end second
check_life second
expect "the service" active "$(guest second 'systemctl is-active writer')"
guest second 'journalctl -b -o cat -t kexec-hibernate' > "$OUT/journal"
expect "the journal: the log of the save, that of the restore, the outcome" 'saving restoring resumed' \
	"$(sed -n 's/^\(saving\|restoring\|resumed\): [0-9]* MiB .*/\1/p' "$OUT/journal" | paste -sd ' ')"
"$BUILD/talk" "$OUT/second" "$(limit 60)" 'systemctl poweroff' > /dev/null 2>&1 &
PIDS="$PIDS $!"
ended second 120 guest-shutdown
qemu-img convert -O raw "$OUT/root.qcow2" "$OUT/root.img"
e2fsck -fn "$OUT/root.img" > "$OUT/fsck" || die "fsck: $(cat "$OUT/fsck")"
