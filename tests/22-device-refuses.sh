#!/bin/sh
# A device that refuses to suspend stops the jump, and A goes on with all its devices.
. "${0%/*}/lib.sh"

# virtio-mem with memory plugged in refuses to be frozen (virtio_mem_freeze()).
# shellcheck disable=SC2034 # for qemu
MEM=1024,maxmem=2G,slots=1
disks
boot vm memhp_default_state=online -object memory-backend-ram,id=vmem,size=256M \
	-device virtio-mem-pci,id=vm0,memdev=vmem,requested-size=128M
begin_life vm 50
guest vm 'i=0; until grep -q virtio_mem /proc/iomem; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done' 60
for try in 1 2; do
	status=0
	out=$(guest vm kexec-hibernate 120) || status=$?
	expect "status, try $try" 1 "$status"
	echo "$out" | grep -q 'khib-jump: jump to the helper: ' || die "no clear message: $out"
	check_life vm
	# Disks and CPUs work as before.
	guest vm 'dd if=/dev/urandom of=/root/after bs=1M count=20 conv=fsync 2>/dev/null && sync' 60
	expect "CPUs" "$CPUS" "$(guest vm nproc)"
done
guest vm 'dmesg | grep -q "suspending with plugged memory is not supported"' || die "another device refused"
