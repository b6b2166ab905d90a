#!/bin/sh
# A device that refuses to suspend stops the jump, and A goes on with all its devices.
. "${0%/*}/lib.sh"

# virtio-mem with memory plugged in refuses to be frozen (virtio_mem_freeze()).  The plan would refuse such
# memory, so it is plugged in when the plan is made; the second plan is shown the memory as it was.
# shellcheck disable=SC2034 # for qemu
MEM=1024,maxmem=2G,slots=1
disks
boot vm memhp_default_state=online -object memory-backend-ram,id=vmem,size=256M \
	-device virtio-mem-pci,id=vm0,memdev=vmem,requested-size=0
begin_life vm 50
guest vm "cat /proc/iomem > /run/iomem; cd /usr/lib/kexec-hibernate; mv kexec kexec.real; printf '%s\n' '#!/bin/sh' \
'! grep -q /proc/iomem /proc/mounts || umount /proc/iomem' 'echo planned > /dev/ttyS0' \
'until grep -q virtio_mem /proc/iomem; do sleep 0.1; done' 'exec \"\$0.real\" \"\$@\"' > kexec; chmod 755 kexec"
for try in 1 2; do
	status=0
	[ $try = 1 ] || guest vm 'mount --bind /run/iomem /proc/iomem'
	guest vm kexec-hibernate 120 > "$OUT/try$try" &
	talk=$!
	until_console vm planned
	[ $try != 1 ] || monitor vm 'qom-set vm0 requested-size 128M' > /dev/null
	wait $talk || status=$?
	out=$(cat "$OUT/try$try")
	expect "status, try $try" 1 "$status"
	echo "$out" | grep -q 'kexec-hibernate: jump to the helper: ' || die "no clear message: $out"
	check_life vm
	# Disks and CPUs work as before.
	guest vm 'dd if=/dev/urandom of=/root/after bs=1M count=20 conv=fsync 2>/dev/null && sync' 60
	expect "CPUs" "$CPUS" "$(guest vm nproc)"
done
guest vm 'dmesg | grep -q "suspending with plugged memory is not supported"' || die "another device refused"
