#!/bin/sh
# The first target fails, the next one is taken, and the boot finds it there; an image that stands
# armed on any target keeps A from hibernating.
. "${0%/*}/lib.sh"

truncate -s 2G "$OUT/next.img" "$OUT/copy.img"
more="-drive file=$OUT/next.img,if=none,id=next,format=raw -device virtio-blk-pci,drive=next
-drive file=$OUT/copy.img,if=none,id=copy,format=raw -device virtio-blk-pci,drive=copy"
disks 400M
# shellcheck disable=SC2086
boot first khib.resume=part:/dev/vdc $more
expect "where the boot script looked" 'seen part:/dev/vdc seen part:/dev/vdb ' "$(guest first 'grep part: /run/khib/boot' 60 | tr '\n' ' ')"
# With what was once in free pages the image is too large for the first, which A cannot know.
alter_session first 's/^free-pages .*/free-pages save/'
guest first 'head -c 700M /dev/urandom > /dev/shm/x; rm /dev/shm/x; printf "TARGET=part:/dev/vdc\nEND=reboot\n" >> /etc/kexec-hibernate.conf' 120
begin_life first 50
hibernate first "" "$OUT/next.img"
expect_console first '/dev/vdb: image needs more than its 419430400 bytes'
expect_console first 'image on /dev/vdc is armed'
expect_console first 'hibernate: rebooting'
cp --sparse=always "$OUT/next.img" "$OUT/copy.img"

# shellcheck disable=SC2086
boot second khib.resume=part:/dev/vdc $more
guest_end second
check_life second

status=0
out=$(guest second 'dd if=/dev/vdd of=/dev/vdc bs=1M oflag=direct 2>/dev/null; kexec-hibernate' 300) || status=$?
expect "status" 1 "$status"
echo "$out" | grep -q 'part:/dev/vdc: holds an image that could be resumed' || die "$out"
guest second 'khimage discard part:/dev/vdc "a test" && kexec-hibernate --dry-run' > "$OUT/plan"

# An image that is armed although A went on, as when a disk fails at the last moment, is set aside.
status=0
guest second "cd /usr/lib/kexec-hibernate; printf '%s\\n' '#!/bin/sh' 'dd if=/dev/vdd of=/dev/vdc bs=1M count=1 oflag=direct' 'exit 1' > kexec; kexec-hibernate" 120 > "$OUT/refused" 2>&1 || status=$?
expect "status" 1 "$status"
expect "state" "failed: the system went on without it" "$("$BUILD/khimage" state "$OUT/next.img" |
	sed -n 's/^state \(.*\)/\1/p; s/^reason \(.*\)/\1/p' | paste -sd: | sed 's/:/: /')"
check_life second
