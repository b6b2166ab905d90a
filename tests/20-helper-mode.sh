#!/bin/sh
# The helper without a mode, or with one that makes no sense, says so and reboots.
. "${0%/*}/lib.sh"

disks
try() {	# name, parameters, what the console must say
	boot_helper "$1" "$2"
	ended "$1" 30
	expect_console "$1" "$3"
	expect_console "$1" 'hibernate: rebooting'
}
try none "" 'hibernate: neither khib.save nor khib.resume= on the command line'
try garbage "khib.resume=part:/etc/passwd" 'command line: target part:/etc/passwd: neither /dev/NAME nor ID='
try unknown "khib.resmue=part:/dev/vdb" 'command line: khib.resmue=part:/dev/vdb: unknown parameter'
try save khib.save 'khib.save without kexec_jump_back_entry=: nothing sleeps here'
try empty "khib.resume=part:/dev/vdb" '/dev/vdb: head: magic is 0x0, an image has 0x'
try shell "khib.shell khib.resume=part:/dev/vdb" 'khib.shell: no /bin/sh in this initramfs'
SLOW=1 try missing "khib.resume=part:/dev/vdz" 'target /dev/vdz: no such device after 20 s'
