#!/bin/sh
# Memory as QEMU sees it at the end of the save and just before the jump back is the same, page by
# page, outside the window, low memory, what was never A's and what the image has as free.
. "${0%/*}/lib.sh"

dump() { monitor "$1" "pmemsave 0 $((MEM << 20)) \"$OUT/$1.dump\"" 5 > /dev/null; }

disks
boot first "" -no-shutdown
begin_life first 100
"$BUILD/talk" "$OUT/first" "$(limit 120)" kexec-hibernate > "$OUT/first.hibernate" 2>&1 &
PIDS="$PIDS $!"
# With -no-shutdown the machine stops where it would have been switched off.
tries=0
until monitor first 'info status' 0.3 | grep -q 'paused (shutdown)'; do
	tries=$((tries + 1))
	[ $tries -lt "$(limit 300)" ] || { console_tail first; die "no power off"; }
done
dump first
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
timeout "$(limit 120)" gdb -q -batch -x "$OUT/gdb.cmd" -ex "monitor pmemsave 0 $((MEM << 20)) \"$OUT/second.dump\"" \
	-ex "delete" -ex "detach" > "$OUT/gdb.log" 2>&1
grep -q "stopped at $entry" "$OUT/gdb.log" || die "gdb: $(cat "$OUT/gdb.log")"
guest_end second
check_life second

gcc -O2 -Wall -Wextra -Werror -o "$OUT/compare" tests/guest/compare.c
"$OUT/compare" "$OUT/first.dump" "$OUT/second.dump" "$(image_field window-start)" "$(image_field window-end)" \
	"$(image_field mailbox)" "$OUT/target.img"
