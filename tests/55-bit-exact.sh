#!/bin/sh
# Memory as QEMU sees it at the end of the save and just before the jump back is the same, page by
# page, outside the window, low memory, what was never A's and what the image has as free.
. "${0%/*}/lib.sh"

disks
boot first "" -no-shutdown
begin_life first 160
available=$(guest first 'sed -n "s/^MemAvailable: *\([0-9]*\).*/\1/p" /proc/meminfo')
"$BUILD/talk" "$OUT/first" "$(limit 120)" kexec-hibernate > "$OUT/first.hibernate" 2>&1 &
PIDS="$PIDS $!"
# With -no-shutdown the machine stops where it would have been switched off.
in_state first shutdown 120 || die "no power off"
dump_memory first 0 $((MEM << 20))
kill_machine first
entry=$(image_field entry)

# The first instruction of A is where the machine is stopped.
boot second "" -gdb "unix:$OUT/gdb,server=on,wait=off"
cat > "$OUT/gdb.cmd" <<END
set pagination off
set remotetimeout 100
set architecture i386:x86-64
target remote $OUT/gdb
hbreak *$entry
continue
printf "stopped at %#lx\n", \$rip
END
timeout "$(limit 120)" gdb -q -batch -x "$OUT/gdb.cmd" \
	-ex "monitor pmemsave 0 $((MEM << 20)) \"$OUT/second.dump\"" -ex "delete" -ex "detach" > "$OUT/gdb.log" 2>&1
grep -q "stopped at $entry" "$OUT/gdb.log" || die "gdb: $(cat "$OUT/gdb.log")"
expect "bytes of the second dump" $((MEM << 20)) "$(stat -c %s "$OUT/second.dump")"
guest_end second
check_life second

gcc -O2 -Wall -Wextra -Werror -o "$OUT/compare" tests/guest/compare.c
# What was available in A before may be free for B, and a few pages of the kernel's reserve.
"$OUT/compare" "$OUT/first.dump" "$OUT/second.dump" "$(image_field window-start)" "$(image_field window-end)" \
	"$(image_field mailbox)" "$OUT/target.img" $((available / 4 + available / 80))
