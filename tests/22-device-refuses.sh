#!/bin/sh
# A device that refuses to suspend stops the jump, and A goes on with all its devices.
. "${0%/*}/lib.sh"

# virtio-mem with memory plugged in refuses to be frozen (virtio_mem_freeze()).  The plan would refuse such
# memory, so it is plugged in when the plan is made; the second try goes by the plan of the first.
# shellcheck disable=SC2034 # for qemu
MEM=1024,maxmem=2G,slots=1
disks
boot vm memhp_default_state=online -object memory-backend-ram,id=vmem,size=256M \
	-device virtio-mem-pci,id=vm0,memdev=vmem,requested-size=0
begin_life vm 50
guest vm "cd /usr/lib/kexec-hibernate; mv khib-plan khib-plan.real; printf '%s\n' '#!/bin/sh' \
'[ ! -e /run/kept ] || exec cp /run/kept/plan /run/kept/session /run/khib' '\"\$0.real\" \"\$@\" || exit' \
'mkdir /run/kept; cp /run/khib/plan /run/khib/session /run/kept; echo planned > /dev/ttyS0' \
'until grep -q virtio_mem /proc/iomem; do sleep 0.1; done' > khib-plan; chmod 755 khib-plan"
for try in 1 2; do
	status=0
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
