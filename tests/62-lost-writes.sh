#!/bin/sh
# A disk may lose, tear and reorder whatever no flush has covered: of all that it can hold after a power
# cut in a save, nothing can be resumed but a whole image.
. "${0%/*}/lib.sh"
. "${0%/*}/faults.sh"
MEM=512 seeds=12

disks 600M
truncate -s 1G "$OUT/log.img"
TARGET_DRIVE="driver=raw,file.driver=blklogwrites,file.file.driver=file,file.file.filename=$OUT/target.img,\
file.log.driver=file,file.log.filename=$OUT/log.img"
boot vm
guest vm 'head -c 10M /dev/urandom > /dev/shm/random' 60 > /dev/null
hibernate vm
flushes=$("$BUILD/replay" "$OUT/log.img")
# The heads empty, writing and armed, and the data.
[ "$flushes" -ge 4 ] || die "$flushes flushes in a save"

# A disk after all writes up to a flush, and some of those behind it: what could be resumed is whole?
after_cut() {	# flushes, span, seed
	rm -f "$OUT/target.img"
	truncate -s 600M "$OUT/target.img"
	"$BUILD/replay" "$OUT/log.img" "$OUT/target.img" "$1" "$2" "$3"
	state=$(image_field state)
	case $state in
	armed) "$BUILD/krestore" --check "$OUT/target.img" > "$OUT/check" 2>&1 || state=wrong ;;
	none | empty | writing | damaged) [ "$(image_field resumable)" != yes ] || state=wrong ;;
	*) state=wrong ;;
	esac
}

flush=0
while [ $flush -le "$flushes" ]; do
	seed=0 seen=''
	while [ $seed -lt $seeds ]; do
		after_cut $flush 1 $seed
		[ "$state" != wrong ] || die "after $flush flushes, seed $seed: $(cat "$OUT/check")"
		seen="$seen $state" seed=$((seed + 1))
	done
	row $flush "of $flushes flushes done, $seeds disks" '' "$(echo "$seen" | tr ' ' '\n' | sed '/^$/d' | sort | uniq -c | awk '{ printf "%s%d %s", s, $1, $2; s = ", " }')"
	flush=$((flush + 1))
done
expect "when all is flushed" armed "$state"

# Would it be seen?  Without the flush of the data, the armed head can come first: on every fourth disk.
seed=0
until
	after_cut 2 2 $seed
	[ "$state" = wrong ]
do
	seed=$((seed + 1))
	[ $seed -lt 80 ] || die "images without a flush before they are armed all look whole: the test sees nothing"
done
row - "without the flush of the data" '' "disk $seed is wrong"
