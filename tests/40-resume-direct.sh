#!/bin/sh
# The direct path: what boot-entry prints is booted, and the machine goes on.  The settings for it are obeyed.
. "${0%/*}/lib.sh"

disks
boot first nokaslr
conf=/etc/kexec-hibernate.conf
guest first "printf '%s\\n' TARGET=part:/dev/vdb CODEC=none RESUME=direct WINDOW_MIB=80 \
'HELPER_PARAMETERS=no_timer_check khibtest=1 audit=0' 'BOOT_ONCE=echo once >> /root/once; false' > $conf"
guest first 'khimage format part:/dev/vdb && kexec-hibernate boot-entry' > "$OUT/entry"
id=$(image_field id)
grep -q "^memmap=.* khibtest=1 audit=0 khib.resume=part:ID=$id$" "$OUT/entry" || die "boot entry: $(cat "$OUT/entry")"
guest first 'kexec-hibernate --dry-run' > "$OUT/plan"
for line in 'plan: resume by the direct path' 'plan: helper in 0x4000000-0x8ffffff (80 MiB)'; do
	grep -qxF "$line" "$OUT/plan" || die "no '$line' in: $(cat "$OUT/plan")"
done
! guest first 'test -e /root/once' || die "a dry run ran BOOT_ONCE"
begin_life first

# If the boot loader cannot be told, there is no hibernation.
status=0
guest first kexec-hibernate 120 > "$OUT/refused" 2>&1 || status=$?
expect "status" 1 "$status"
grep -q "BOOT_ONCE: .*failed with status 1" "$OUT/refused" || die "$(cat "$OUT/refused")"
guest first "sed -i 's/; false//; s/once >>/once >/' $conf"
hibernate first
expect_console first 'Kernel command line: .* khibtest=1 audit=0'
case $(image_field parameters) in
memmap=0x3f61000%0x9f000-1+2\ memmap=*%0x9000000-1+2\ *) ;;
*) die "parameters of the helper: $(image_field parameters)" ;;
esac

boot_entry() {	# name, more parameters
	qemu "$1" -kernel "$BUILD/helper/bzImage" -initrd "${HELPER_INITRD:-$BUILD/helper.cpio}" \
		-append "$(tail -n 1 "$OUT/entry") ${2-}"
}
boot_entry second
guest_end second
check_life second
expect "BOOT_ONCE was run" once "$(guest second 'cat /root/once')"
guest second 'kexec-hibernate status' | grep -q '^  resumed 20' || die "status does not say when it was resumed"

# The machine starts the helper a second time: there is nothing to resume, and it says so.  A shell
# comes before the end: one that says something and leaves.
kill_machine second
printf '%s\n' '#!/bin/busybox sh' 'echo "a shell says $((6 * 7))" > /dev/kmsg' > "$OUT/sh"
./mkimage.sh --add /bin/busybox:/bin/busybox --add "$OUT/sh:/bin/sh" "$BUILD/init" "$OUT/shell.cpio"
HELPER_INITRD=$OUT/shell.cpio
boot_entry third khib.shell
ended third 60
expect_console third 'a shell says 42'
expect_console third 'khib.shell: leave the shell to go on'
refused_boot third 'hibernate: /dev/vdb: image is used: it was resumed before' used
