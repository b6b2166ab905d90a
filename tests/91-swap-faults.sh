#!/bin/sh
# swap: a disk that fails, a boot that does not know of us, and mkswap: A is back or an ordinary boot
# follows, never a resume, and the area is one to swap to.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"

area() { dd if="$OUT/target.img" bs=1 skip=4086 count=10 status=none | tr -d '\0'; }
used='while read -r name type size used rest; do [ $type != partition ] || echo $used; done < /proc/swaps'
ordinary() {	# name
	expect "$1: an ordinary boot" ordinary "$(guest "$1" 'test -e /dev/shm/random || echo ordinary' 60)"
	expect "$1: what the target holds" empty "$(guest "$1" 'khimage state swap:/dev/vdb | sed -n "s/^state //p"')"
	expect "$1: the area is one to swap to" "0" "$(guest "$1" "swapon /dev/vdb 2>&1; $used; swapoff /dev/vdb")"
	kill_machine "$1"
}

disks
mkswap "$OUT/target.img" > /dev/null 2>&1
# At 20 MiB of the area, which is in the image.
faults "write 40960"
boot first khib.resume=swap:/dev/vdb
guest first 'echo TARGET=swap:/dev/vdb > /etc/kexec-hibernate.conf; swapon /dev/vdb'
begin_life first 100
status=0
out=$(guest first kexec-hibernate 120) || status=$?
expect "status: $out" 3 "$status"
echo "$out" | grep -q 'not hibernated: write /dev/vdb at [0-9]*: I/O error' || die "no reason: $out"
expect "signature after a save that failed" SWAPSPACE2 "$(area)"
expect "KiB of the area in use, no slot is held" 0 "$(guest first "$used")"
check_life first
guest first 'kexec-hibernate status' 60 | grep -q '  the last save to it failed: write /dev/vdb at [0-9]*: I/O error' ||
	die "status does not tell of the save that failed"
# Refused before the jump, nothing of the slots is left.
status=0
guest first 'unshare --pid --fork kexec-hibernate' 90 > "$OUT/refused" 2>&1 || status=$?
expect "status of a jump that is refused" 1 "$status"
expect "KiB of the area in use after that" 0 "$(guest first "$used")"
expect "place of a table" "0" "$(od -An -tu8 -j 3072 -N 8 "$OUT/target.img" | tr -d ' ')"
guest first 'sync; (sleep 1; poweroff -f) > /dev/null 2>&1 &'
ended first 60
no_faults

boot made khib.resume=swap:/dev/vdb
guest made 'swapon /dev/vdb'
begin_life made 50
hibernate made
expect "signature of the area" ULSUSPEND "$(area)"
cp --sparse=always "$OUT/target.img" "$OUT/armed.img"

# A system that does not know of us swaps to the area: util-linux writes the signature.
qemu stranger -kernel "$BUILD/main/bzImage" -append "$MAIN_APPEND"
guest stranger 'swapon /dev/vdb; sync; (sleep 1; poweroff -f) > /dev/null 2>&1 &'
ended stranger 60
expect "signature after its swapon" SWAPSPACE2 "$(area)"
boot after-stranger khib.resume=swap:/dev/vdb
ordinary after-stranger

cp --sparse=always "$OUT/armed.img" "$OUT/target.img"
mkswap "$OUT/target.img" > /dev/null 2>&1
boot after-mkswap khib.resume=swap:/dev/vdb
ordinary after-mkswap

# noresume sets the image aside, and leaves a swap area.
cp --sparse=always "$OUT/armed.img" "$OUT/target.img"
boot noresume 'khib.resume=swap:/dev/vdb noresume'
expect "state after noresume" failed "$(guest noresume 'khimage state swap:/dev/vdb | sed -n "s/^state //p"' 60)"
expect_console noresume 'swap:/dev/vdb: not resumed: noresume is on the command line'
expect "signature after noresume" SWAPSPACE2 "$(area)"
