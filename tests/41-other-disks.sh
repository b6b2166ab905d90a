#!/bin/sh
# Round trips with disks that are not virtio, under the root and under the target: AHCI, NVMe (by the
# direct path), USB storage on xHCI, and an SD card.
. "${0%/*}/lib.sh"

append=$MAIN_APPEND
# One disk of a kind, for the kernel finds two in any order.
trip() {	# kind and name of the root, kind and name of the target, kernel parameters, settings
	ROOT_DISK=$1 TARGET_DISK=$3
	MAIN_APPEND=$(echo "$append" | sed "s:/dev/vda:/dev/$2:")
	disks
	# The guest's initramfs has another target in its configuration.
	boot "$3" "khib.resume=part:/dev/$4 ${5-}"
	guest "$3" "sed -i s:/dev/vdb:/dev/$4: /etc/kexec-hibernate.conf; ${6:-:}" 60
	begin_life "$3"
	hibernate "$3"
}
back() {	# kind of the target; its machine, KIND-back, is started
	guest_end "$1-back"
	check_life "$1-back"
	expect "$1: state of the target" used "$(image_field state)"
	kill_machine "$1-back"
}

trip nvme nvme0n1 ahci sda
boot ahci-back khib.resume=part:/dev/sda
back ahci

trip ahci sda nvme nvme0n1 nokaslr 'echo RESUME=direct >> /etc/kexec-hibernate.conf'
boot_helper nvme-back "khib.resume=part:ID=$(image_field id)"
back nvme

trip virtio vda usb sda
boot usb-back khib.resume=part:/dev/sda
back usb

trip virtio vda sd mmcblk0
boot sd-back khib.resume=part:/dev/mmcblk0
back sd
