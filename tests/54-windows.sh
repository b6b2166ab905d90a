#!/bin/sh
# A kernel A in the default window: another window and the chained path are taken, and the direct
# path says why it stands aside.  Without KASLR the default window is free.
. "${0%/*}/lib.sh"

disks
boot first nokaslr
guest first 'kexec-hibernate --dry-run' > "$OUT/plan"
grep -q '^plan: helper in 0x4000000-0x7ffffff' "$OUT/plan" || die "not the default window: $(cat "$OUT/plan")"
! guest first 'kexec-hibernate boot-entry' > "$OUT/entry" 2>&1 || die "a boot entry without an id"
grep -q 'part:/dev/vdb: has no id yet: run khimage format part:/dev/vdb' "$OUT/entry" || die "$(cat "$OUT/entry")"
guest first 'khimage format part:/dev/vdb && kexec-hibernate boot-entry' > "$OUT/entry"
grep -q "^memmap=.* khib.resume=part:ID=$(image_field id)$" "$OUT/entry" || die "boot entry: $(cat "$OUT/entry")"

# Force the overlap: the same kernel is started once more, by kexec, at the default window.
guest first "echo RESUME=direct >> /etc/kexec-hibernate.conf; sync; /usr/lib/kexec-hibernate/kexec -l -i \
--mem-min=$WINDOW_START --mem-max=0x7ffffff --initrd=/boot/initrd.img --command-line='$MAIN_APPEND nokaslr' /boot/vmlinuz" 60
old=$(guest first "cat /proc/sys/kernel/random/boot_id")
guest first "(sleep 0.5; exec /usr/lib/kexec-hibernate/kexec -x -e) > /dev/null 2>&1 &"
# What the old kernel is asked in its last moments is never answered.
tries=0
until
	new=$("$BUILD/talk" "$OUT/first" 5 "cat /proc/sys/kernel/random/boot_id" || :)
	[ "$new" ] && [ "$new" != "$old" ]
do
	tries=$((tries + 1))
	[ $tries -lt "$(limit 10)" ] || { console_tail first; die "no new kernel by kexec"; }
done
guest first "grep ' : Kernel code' /proc/iomem" 60 > "$OUT/where"
grep -qE ' 0[4-7][0-9a-f]{6}-' "$OUT/where" || die "the kernel is not in the default window: $(cat "$OUT/where")"

guest first 'kexec-hibernate --dry-run' > "$OUT/plan" 2>&1
for line in 'kexec-hibernate: the direct path stands aside: Kernel code at 0x' 'plan: resume by the chained path'; do
	grep -q "^$line" "$OUT/plan" || die "no '$line' in: $(cat "$OUT/plan")"
done
if grep -q '^plan: helper in 0x4000000' "$OUT/plan"; then die "the default window: $(cat "$OUT/plan")"; fi
begin_life first
hibernate first
[ "$(image_field window-start)" != "$WINDOW_START" ] || die "the image has the default window"

# Who boots the helper directly all the same is told, and what was armed is not touched by it.
boot_helper direct "khib.resume=part:/dev/vdb"
ended direct 60
expect_console direct '/dev/vdb: window: image has .*, this kernel lives in 0x4000000-0x8000000'
expect "state" armed "$(image_field state)"

boot second
guest_end second
check_life second
