#!/bin/sh
# The first target fails, the next one is taken, and the boot finds it there, the newest of two; an image
# that stands armed on any target keeps A from hibernating.
. "${0%/*}/lib.sh"

truncate -s 2G "$OUT/next.img" "$OUT/copy.img" "$OUT/older.img"
more="-drive file=$OUT/next.img,if=none,id=next,format=raw -device virtio-blk-pci,drive=next
-drive file=$OUT/copy.img,if=none,id=copy,format=raw -device virtio-blk-pci,drive=copy
-drive file=$OUT/older.img,if=none,id=older,format=raw -device virtio-blk-pci,drive=older"
looks='khib.resume=part:/dev/vde khib.resume=part:/dev/vdc'
disks 400M
# shellcheck disable=SC2086
boot first "$looks" $more
expect "where the boot script looked" 'seen part:/dev/vde seen part:/dev/vdc seen part:/dev/vdb ' "$(guest first 'grep part: /run/khib/boot' 60 | tr '\n' ' ')"
# With what was once in free pages the image is too large for the first, which A cannot know.
alter_session first 's/^free-pages .*/free-pages save/'
guest first 'head -c 700M /dev/urandom > /dev/shm/x; rm /dev/shm/x; printf "TARGET=part:/dev/vdc\nTARGET=part:/dev/vde\nEND=reboot\n" >> /etc/kexec-hibernate.conf' 120
begin_life first 50
hibernate first "" "$OUT/next.img"
expect_console first '/dev/vdb: image needs more than its 419430400 bytes'
expect_console first 'image on /dev/vdc is armed'
expect_console first 'hibernate: rebooting'
cp --sparse=always "$OUT/next.img" "$OUT/copy.img"
cp --sparse=always "$OUT/next.img" "$OUT/older.img"
alter_head "$OUT/older.img" 'h.time -= 1000;'

# Where the newest cannot be resumed, for its disk cannot be written, the other is not passed by.
cp "$OUT/root.qcow2" "$OUT/kept.qcow2"
cp --sparse=always "$OUT/older.img" "$OUT/kept.img"
# shellcheck disable=SC2046,SC2086
boot protected "$looks" $(echo "$more" | sed 's/next,format=raw/&,readonly=on/')
guest_end protected
check_life protected
expect_console protected 'part:/dev/vdc: could not be discarded'
expect_console protected 'part:/dev/vde: resuming the image of kernel'
kill_machine protected
mv "$OUT/kept.qcow2" "$OUT/root.qcow2"
mv "$OUT/kept.img" "$OUT/older.img"
life_count=0

# shellcheck disable=SC2086
boot second "$looks" $more
guest_end second
check_life second
expect_console second 'part:/dev/vdc: resuming the image of kernel'
ended_as() { "$BUILD/khimage" state "$1" | sed -n 's/^state \(.*\)/\1/p; s/^reason \(.*\)/\1/p' | paste -sd: | sed 's/:/: /'; }
expect "the older image" "failed: the system went on without it" "$(ended_as "$OUT/older.img")"

status=0
out=$(guest second 'dd if=/dev/vdd of=/dev/vdc bs=1M oflag=direct 2>/dev/null; kexec-hibernate' 300) || status=$?
expect "status" 1 "$status"
echo "$out" | grep -q 'part:/dev/vdc: holds an image that could be resumed' || die "$out"
guest second 'khimage discard part:/dev/vdc "a test" && kexec-hibernate --dry-run' > "$OUT/plan"

# An image that is armed although A went on, as when a disk fails at the last moment, is set aside.
status=0
guest second "cd /usr/lib/kexec-hibernate; printf '%s\\n' '#!/bin/sh' 'dd if=/dev/vdd of=/dev/vdc bs=1M count=1 oflag=direct' 'exit 1' > kexec; kexec-hibernate" 120 > "$OUT/refused" 2>&1 || status=$?
expect "status" 1 "$status"
expect "state" "failed: the system went on without it" "$(ended_as "$OUT/next.img")"
check_life second
