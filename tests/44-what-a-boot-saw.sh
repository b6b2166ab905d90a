#!/bin/sh
# What a boot saw: the boot script, which needs no busybox, records it, and sets aside what it cannot read; the hook
# gives it what it needs, or leaves it out and says why.
. "${0%/*}/lib.sh"

# A head of another version: as this one, but for the number.
foreign() { alter_head "$1" "h.version = IMAGE_VERSION + 1; h.state = $2;"; }	# file, state
armed=3 used=5

khimage=$BUILD/khimage-small
truncate -s 8M "$OUT/foreign.img"
"$khimage" format "$OUT/foreign.img"
id=$("$khimage" state "$OUT/foreign.img" | sed -n 's/^id //p')
field() { "$khimage" state "$OUT/foreign.img" | sed -n "s/^$1 //p"; }
refuses() {	# message, arguments
	says=$1
	shift
	! "$khimage" "$@" > "$OUT/said" 2>&1 || die "khimage $*: accepted"
	grep -qF "$says" "$OUT/said" || die "khimage $*: no '$says' in: $(cat "$OUT/said")"
}
foreign "$OUT/foreign.img" $armed
expect "state, id, live" "foreign $id yes" "$(field state) $(field id) $(field live)"
refuses 'head: format version' attempt "$OUT/foreign.img"
refuses 'holds an image of format version' format "$OUT/foreign.img"
"$khimage" discard "$OUT/foreign.img" 'a test'
expect "state, id, live" "foreign $id no" "$(field state) $(field id) $(field live)"
refuses 'image is failed: it cannot become failed' discard "$OUT/foreign.img" 'a test'
"$khimage" told "$OUT/foreign.img"
# What is no longer of use to the other version is a target for this one.
foreign "$OUT/foreign.img" $used
"$khimage" format --check "$OUT/foreign.img"
"$khimage" format "$OUT/foreign.img"
expect "state, id" "empty $id" "$(field state) $(field id)"

# This initramfs has no busybox, and knows a target that is missing; so is the one on the command line.
seconds() { guest "$1" "dmesg | sed -n 's,^\\[ *\\([0-9]*\\).*kexec-hibernate: $2.*,\\1,p'" 60; }
disks
"$khimage" format "$OUT/target.img"
foreign "$OUT/target.img" $armed
INITRD=$BUILD/guest/initrd-no-busybox
boot foreign khib.resume=part:/dev/vdy
guest foreign 'cat /run/khib/boot' 60 > "$OUT/saw"
grep -q '^build [0-9a-f]\{16\}$' "$OUT/saw" || die "no build in: $(cat "$OUT/saw")"
expect "what the boot saw" "seen part:/dev/vdb missing part:/dev/vdy missing part:/dev/vdx" \
	"$(grep part: "$OUT/saw" | paste -sd ' ')"
expect_console foreign 'part:/dev/vdb: not resumed: head: format version'
expect "live" no "$("$khimage" state "$OUT/target.img" | sed -n 's/^live //p')"
# The next boot would pass an image on it by.
refuses_plan() {	# name, message, command
	guest "$1" "$3; /usr/lib/kexec-hibernate/khib plan" > "$OUT/plan" 2>&1 && die "a plan in spite of: $3"
	grep -qF "$2" "$OUT/plan" || die "no '$2' in: $(cat "$OUT/plan")"
}
refuses_plan foreign "part:/dev/vdx: this boot has not found it" "echo TARGET=part:/dev/vdx >> /etc/kexec-hibernate.conf"
# Both were waited for together.
began=$(seconds foreign 'part:/dev/vdb: not resumed')
ended=$(seconds foreign 'no image' | tail -n 1)
case $((ended - began)) in [4-9]) ;; *) die "missing targets were waited for from second $began to $ended" ;; esac
kill_machine foreign
INITRD=''
boot later
expect "what the boot saw" "seen part:/dev/vdb" "$(guest later 'grep part: /run/khib/boot' 60)"
! grep -q kexec-hibernate: "$OUT/later.console" || die "told again: $(grep kexec-hibernate: "$OUT/later.console")"
guest later "kexec-hibernate status" | grep -q "^  head: format version " || die "status does not know an image of another version"

# What is installed has to be what this boot and every other one has in its initramfs.
record="/var/lib/kexec-hibernate/initramfs/\$(uname -r)" lib=/usr/lib/kexec-hibernate
guest later "$lib/khib plan"
refuses_plan later "this boot's initramfs has build " "cp $lib/helper.cpio /tmp; echo >> $lib/helper.cpio"
guest later "cp /tmp/helper.cpio $lib"
refuses_plan later "was made without the boot script of kexec-hibernate" "mv $record /tmp/record"
refuses_plan later "initrd.img-6.12" "sed s,build,build0, /tmp/record > $record; touch -d @0 $record"
refuses_plan later "is older than what was last put into it" "cp /tmp/record $record"
guest later "touch -d @0 $record; $lib/khib plan"

# The hook takes the drivers of the target, here a module that says it is one.
printf '%s\n' 'const char info[] __attribute__((section(".modinfo"), used)) = "alias=virtio:d00000002v*";' |
	gcc -x c -c -o "$OUT/khibfake.ko" -
guest later "cd /lib/modules/\$(uname -r) && echo $(base64 -w 0 "$OUT/khibfake.ko") | base64 -d > khibfake.ko && depmod" 60
hook="rm -rf /tmp/d; mkdir /tmp/d; DESTDIR=/tmp/d verbose=n version=\$(uname -r) /usr/share/initramfs-tools/hooks/kexec-hibernate"
guest later "$hook" 60 > "$OUT/hook"
expect "what the hook says" '' "$(cat "$OUT/hook")"
guest later "find /tmp/d -type f" | sed 's,.*/,,' | LC_ALL=C sort | paste -sd ' ' > "$OUT/files"
expect "files in the initramfs" 'boot-config helper helper.cpio identity kexec khibfake.ko khimage' "$(cat "$OUT/files")"
guest later "cmp $record /tmp/d/khib/identity"

# What it cannot use it leaves out: it says why, and that no system may hibernate with it.
left_out() {	# message, command, another that undoes it
	guest later "$2; $hook; s=\$?; find /tmp/d $record -type f; exit \$s" 60 > "$OUT/hook" 2>&1 || die "the hook failed: $(cat "$OUT/hook")"
	if ! grep -qF "$1" "$OUT/hook" || ! grep -q 'W: kexec-hibernate: left out of the initramfs of ' "$OUT/hook"; then
		die "the hook did not say '$1': $(cat "$OUT/hook")"
	fi
	! grep '^/' "$OUT/hook" || die "the hook left something there"
	guest later "$3; $hook; test -e $record" 60
}
conf=/etc/kexec-hibernate.conf undo="cp /tmp/conf /etc/kexec-hibernate.conf"
guest later "cp $conf /tmp/conf"
left_out "$conf has no TARGET=" "echo '#TARGET=' > $conf" "$undo"
left_out ": END=explode: neither poweroff nor reboot" "echo END=explode >> $conf" "$undo"
left_out "/usr/lib/kexec-hibernate/kexec cannot be copied" 'mv /usr/lib/kexec-hibernate/kexec /tmp' \
	'mv /tmp/kexec /usr/lib/kexec-hibernate'
guest later "echo TARGET=part:/dev/vdq >> $conf; $hook; cp /tmp/conf $conf" 60 > "$OUT/hook"
grep -qF 'part:/dev/vdq is not there now, so its drivers may be missing' "$OUT/hook" || die "the hook: $(cat "$OUT/hook")"

# Status, by the head alone.
status() {	# line, command
	guest later "$2; kexec-hibernate status" > "$OUT/status"
	grep -q "^  $1" "$OUT/status" || die "status has no '$1': $(cat "$OUT/status")"
}
status 'not a target yet' 'dd if=/dev/zero of=/dev/vdb bs=1M count=1 conv=fsync 2>/dev/null'
status empty 'khimage format part:/dev/vdb'
status 'damaged: head: checksum is' 'printf x | dd of=/dev/vdb bs=1 seek=100 conv=notrunc,fsync 2>/dev/null'

guest later "touch -d @0 $record"

# Chained, without busybox: and the parameters of the configuration get to the helper.
guest later 'khimage format --force part:/dev/vdb && head -c 10M /dev/urandom > /dev/shm/random'
hibernate later
INITRD=$BUILD/guest/initrd-no-busybox
boot chained
guest_end chained
expect_console chained 'Kernel command line: .* khibtest=1 khib.resume=part:/dev/vdb'
