#!/bin/sh
# A machine with UEFI firmware, whose screen is lit by what the firmware has set up: the helper shows
# its progress there, and the system comes back by the chained path.
. "${0%/*}/lib.sh"

firmware=/usr/share/OVMF
cp $firmware/OVMF_VARS_4M.fd "$OUT/vars.fd"
MAIN_APPEND="console=tty0 $MAIN_APPEND"
uefi() {	# name, kernel parameters
	boot "$1" "${2-}" -drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware/OVMF_CODE_4M.fd" \
		-drive "if=pflash,unit=1,format=raw,file=$OUT/vars.fd" -device ramfb
}

# shellcheck disable=SC2034 # for qemu
TARGET_OPTIONS=,throttling.bps-write=20000000
disks
uefi vm
guest vm 'test -d /sys/firmware/efi/efivars' 120 || die "A was not started by UEFI"
expect "A's screen" "0 EFI VGA" "$(guest vm 'cat /proc/fb')"
begin_life vm 50
guest vm 'seq 1000 > /dev/tty0'
"$BUILD/talk" "$OUT/vm" "$(limit 120)" kexec-hibernate > "$OUT/vm.hibernate" 2>&1 &
PIDS="$PIDS $!"
until_console vm 'hibernate: saving: [0-9]+ %'
[ "$(lit vm save)" -gt 3000 ] || die "the screen is black while B saves"
ended vm 120
expect "state of the target" armed "$(image_field state)"

uefi back
until_console back 'hibernate: restoring: [0-9]+ %' 1 120
[ "$(lit back restore)" -gt 3000 ] || die "the screen is black while C restores"
guest_end back 120
check_life back
[ "$(lit back after)" -gt 3000 ] || die "A's screen is black"
