#!/bin/sh
# Round trips of one life with each codec, and with the level that needs most memory: lz4 makes the image
# smaller, zstd smaller still.
. "${0%/*}/lib.sh"

# What the helper said last of something.
told() { sed -n "s/\r//; s/.*hibernate: \($2.*\)/\1/p" "$OUT/$1.console" | tail -n 1; }

disks
boot life-0
begin_life life-0 60
# Also something that shrinks: about 40 MB of text.
guest life-0 'seq 5000000 > /dev/shm/text' 60
i=0 most=
for codec in none lz4 zstd:3 zstd:6; do
	guest "life-$i" "sed -i /CODEC/d /etc/kexec-hibernate.conf; echo CODEC=$codec >> /etc/kexec-hibernate.conf"
	hibernate "life-$i"
	expect "codec in the head" "$codec" "$(image_field codec)"
	bytes=$(image_field bytes)
	echo "note: $codec: $bytes bytes; $(told "life-$i" 'saving: .* MiB in'); $(told "life-$i" window:)"
	[ -z "$most" ] || [ "$bytes" -lt "$most" ] || die "$codec: $bytes bytes, less than $most were expected"
	# Between two levels the difference is smaller than what the guest's memory changes in the meantime.
	[ $codec = zstd:3 ] || most=$bytes
	i=$((i + 1))
	boot "life-$i"
	guest_end "life-$i"
	check_life "life-$i"
	echo "note: $codec: $(told "life-$i" 'restoring: .* MiB in'); $(told "life-$i" window:)"
done

# Left to itself the helper measures; and it compares what it wrote with what is in memory.
guest "life-$i" "sed -i /CODEC/d /etc/kexec-hibernate.conf; echo VERIFY=yes >> /etc/kexec-hibernate.conf"
hibernate "life-$i"
expect_console "life-$i" 'codec auto: target takes [1-9][0-9]* MiB/s; 2 CPUs pack with lz4 [1-9][0-9]* MiB/s to [1-9][0-9]* %, with zstd'
expect_console "life-$i" 'comparing: [1-9][0-9]* MiB in'
echo "note: $(told "life-$i" 'codec auto')"
boot last
guest_end last
check_life last
