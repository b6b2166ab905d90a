#!/bin/sh
# swap: the image goes to free slots of a swap partition that is in use, A's own pages in it stay,
# and afterwards it is a swap area as before.
. "${0%/*}/lib.sh"

area() { dd if="$OUT/target.img" bs=1 skip=4086 count=10 status=none | tr -d '\0'; }
swapped() { guest "$1" 'while read -r name type size used rest; do [ $type != partition ] || echo $used; done < /proc/swaps'; }

disks
mkswap -L khib "$OUT/target.img" > /dev/null 2>&1
boot used khib.resume=swap:/dev/vdb
guest used 'echo TARGET=swap:/dev/vdb > /etc/kexec-hibernate.conf; ! kexec-hibernate --dry-run 2> /run/said && cat /run/said' 60 |
	grep -q 'swap:/dev/vdb: /dev/vdb is not swapped to, see /proc/swaps' || die "no word of an area that is not in use"
guest used 'swapon /dev/vdb'
begin_life used
# Half of memory in pages that can be swapped, and as much again after them.
guest used 'echo 200 > /proc/sys/vm/swappiness; mount -o remount,size=2G /dev/shm; head -c 400M /dev/urandom | tee /dev/shm/old | sha256sum > /run/old.sum; head -c 600M /dev/urandom > /dev/shm/new; rm /dev/shm/new' 300
used=$(swapped used)
[ "$used" -gt 50000 ] || die "only $used KiB are swapped out"
hibernate used
expect "signature of the area" ULSUSPEND "$(area)"
expect_console used 'image on /dev/vdb is armed'

boot back khib.resume=swap:/dev/vdb
guest_end back
check_life back
expect "signature of the area" SWAPSPACE2 "$(area)"
now=$(swapped back)
# A goes on, and may swap a little; the image has some 400 MiB.
[ "$now" -lt $((used + 50000)) ] || die "$now KiB of the area are in use, $used were: slots of the image are still held"
expect "what was swapped out" same "$(guest back 'sha256sum < /dev/shm/old | cmp - /run/old.sum && echo same' 120)"
expect "status" "  resumed" "$(guest back 'kexec-hibernate status' 60 | sed -n '3s/ [0-9].*//p')"
