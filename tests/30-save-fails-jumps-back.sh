#!/bin/sh
# When the helper cannot save, A is back at once, whole, and tells why.
. "${0%/*}/lib.sh"

# A target that A finds large enough for the memory in use, but free memory full of old data is not.
disks 400M
boot vm
guest vm 'head -c 700M /dev/urandom > /dev/shm/x; rm /dev/shm/x' 120
begin_life vm 100

fails() {	# status, message; the rest is a sed script for the session
	[ -z "${3-}" ] || alter_session vm "$3"
	status=0
	out=$(guest vm kexec-hibernate 120) || status=$?
	echo "$out"
	expect "exit status" "$1" "$status"
	echo "$out" | grep -qE "$2" || die "no message '$2' in: $out"
	check_life vm
	expect "CPUs" "$CPUS" "$(guest vm nproc)"
	guest vm 'echo yes > /root/written && sync && cat /root/written' >/dev/null
}
# Free pages are saved where it cannot be told what A expects of them.
fails 3 'not hibernated: /dev/vdb: image needs more than its 419430400 bytes' 's/^free-pages .*/free-pages save/'
expect "state of the target" empty "$(image_field state)"
image_field reason | grep -q 'image needs more' || die "the target does not tell why it is empty"
# The head of the target is gone when the helper looks for it: as if the disk were another one.
fails 3 'not hibernated: target with id [0-9a-f]*, once /dev/vdb: no block device carries it' \
	's/^\(target [^ ]*\) .*/\1 00000000000000000000000000000000/'
# A second time in the same life, to see that the first left nothing behind.
fails 3 'no block device carries it'
# A device that A uses and the helper cannot find: without a guard there is no image.
fails 3 'not hibernated: guard: xfs of /dev/vdy \(UUID 00000000-.*\): the sleeping kernel uses it, and it is not here' \
	's,^guard .*,guard /dev/vdy xfs 00000000000000000000000000000000 9,'
# Garbage in the session file; what stands above it, the mailbox, is enough to tell.
fails 3 'not hibernated: session line 6: codec r.a.r: not built in' 's/^codec .*/codec r.a.r/'
fails 3 'not hibernated: session line 6: garbage: unknown key' 's/^codec .*/garbage x/'
# A helper that gets no session knows no mailbox.
guest vm 'cd /usr/lib/kexec-hibernate; [ -e kexec.real ] || mv kexec kexec.real; printf "%s\n" "#!/bin/sh" "exec \$0.real \"\$@\" --initrd=\${0%kexec}helper.cpio" > kexec; chmod 755 kexec'
fails 4 'jumped and came back, and the mailbox is empty: what happened is not known'
