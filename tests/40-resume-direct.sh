#!/bin/sh
# The direct path: the helper kernel itself is booted, and the machine goes on.
. "${0%/*}/lib.sh"

disks
boot first nokaslr
guest first 'sed -i /RESUME/d /etc/kexec-hibernate.conf; echo RESUME=direct >> /etc/kexec-hibernate.conf'
guest first 'kexec-hibernate --dry-run' | grep -x 'plan: resume by the direct path' || die "not the direct path"
begin_life first
hibernate first
id=$(image_field id)
# The entry that the command suggests is the one that the test harness uses.
boot_helper second "khib.resume=part:ID=$id"
guest_end second
check_life second

# The machine starts the helper a second time: there is nothing to resume, and it says so.
kill_machine second
boot_helper third "khib.resume=part:ID=$id"
refused_boot third 'hibernate: /dev/vdb: image is used: it was resumed before' used
