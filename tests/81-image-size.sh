#!/bin/sh
# An image is as large as what A needs: no larger than swsusp's, and the same with 4 GiB as with 1.
. "${0%/*}/bench/machine.sh"

FILL=300
within() {	# what, bytes, bytes, percent that the first may be larger
	echo "note: $1: $2 and $3 bytes, $((($2 - $3) * 1000 / $3)) per mille more, limit $4 %"
	[ $(($2 * 100)) -le $(($3 * (100 + $4))) ] || wrong="$wrong
$1: $2 bytes, the limit is $4 % more than $3"
}
wrong=''

# Sets BYTES and TOOK.  Of the guest only the size of its image matters, so it is not woken.
swsusp_size() {	# codec
	fresh_disks
	boot "swsusp-$1" "$(swsusp_append "$1")"
	swsusp_prepare "swsusp-$1"
	fill "swsusp-$1" $FILL 0
	until_off "swsusp-$1" "$SWSUSP" || die "swsusp did not hibernate: $(cat "$OUT/swsusp-$1.answer")"
	BYTES=$(from_console "swsusp-$1" 'aving image data.*\(([0-9]+) pages')
	BYTES=$((BYTES * 4096))
	[ "$1" = none ] || BYTES=$(($(from_console "swsusp-$1" 'Image size after compression: ([0-9]+) kbytes') * 1024))
}
khib_size() {	# name, codec; fails if the codec is not there
	fresh_disks
	boot "$1" nokaslr
	if ! khib_codec "$1" "$2" > "$OUT/$1.codec"; then
		kill_machine "$1"
		return 1
	fi
	fill "$1" $FILL 0
	until_off "$1" kexec-hibernate || die "not hibernated: $(cat "$OUT/$1.answer")"
	BYTES=$(image_field bytes)
	[ -n "$BYTES" ] || die "no image"
}

truncate -s 5G "$OUT/target.img"
for codec in none lz4; do
	khib_size "khib-$codec" $codec || { echo "note: no codec $codec: $(cat "$OUT/khib-$codec.codec")"; continue; }
	ours=$BYTES ours_took=$TOOK
	saved=$(from_console "khib-$codec" 'pages: ([0-9]+) saved')
	# What the saver counted as neither free nor zero, and the format's own blocks.
	[ $codec != none ] || within "none, and the pages that are neither free nor zero" "$ours" $((saved * 4096)) 1
	swsusp_size $codec
	within "$codec, and swsusp's image" "$ours" "$BYTES" 3

	MEM=4096
	khib_size "khib-$codec-4096" $codec || die "$(cat "$OUT/khib-$codec-4096.codec")"
	MEM=1024
	echo "note: command to power-off: $TOOK ms with 4096 MiB, $ours_took ms with 1024, $(((TOOK - ours_took) * 100 / ours_took)) % more, aim 20 %"
	# 3 GiB more have 48 MiB more of struct pages.  They are in use, and all but zeroes: only a codec takes them away.
	if [ $codec = none ]; then
		ours=$((ours + (48 << 20)))
	fi
	within "$codec with 4096 MiB, and with 1024" "$BYTES" "$ours" 5
	within "$codec with 1024 MiB, and with 4096" "$ours" "$BYTES" 5
done
[ -z "$wrong" ] || die "$wrong"
