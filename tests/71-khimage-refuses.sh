#!/bin/sh
# khimage refuses what is no image, or a damaged one, or a place where it cannot write.
. "${0%/*}/lib.sh"

khimage=$BUILD/khimage
refused() {	# status, message, arguments
	wanted=$1 message=$2
	shift 2
	status=0
	"$khimage" "$@" > "$OUT/said" 2>&1 || status=$?
	expect "status of khimage $*" "$wanted" "$status"
	grep -qE "$message" "$OUT/said" || die "khimage $*: $(cat "$OUT/said")"
}

make_armed 20
cd "$OUT"
mv armed.img one.img

# What is no image, and what is damaged.
head -c 1M /dev/zero > none.img
cp none.img blank.img
"$khimage" format blank.img
: > empty.img
for command in info verify; do
	refused 3 'none.img: holds no image' $command none.img
	refused 1 'empty.img: it has 0 bytes, a head 4096' $command empty.img
	refused 1 'open missing.img: No such file' $command missing.img
	refused 1 'open /dev/null: neither a block device nor a file' $command /dev/null
	refused 2 'khimage info \[--json\] IMAGE' $command
done
refused 0 '^state  *empty; target is empty' info blank.img
refused 1 'target is empty' verify blank.img
refused 3 'none.img: holds no image' elf none.img core
refused 3 'none.img: holds no image' diff one.img none.img
refused 2 'usage:' info one.img two.img
refused 2 'usage:' paint one.img
[ ! -e core ] || die "a core of no image"

size=$(image_field bytes) middle=$((size / 2))
flip $middle
refused 1 'chunk [0-9]*: checksum of its data is' verify target.img
refused 1 '"damaged": true' verify --json target.img
tail -n 6 said | tr -d '\n' | grep -q '"whole": false' || die "$(cat said)"
refused 0 'log of the save' info target.img	# the heads are in order
refused 1 'chunk [0-9]*: checksum of its data is' diff target.img one.img
refused 1 'chunk [0-9]*: checksum of its data is' elf target.img core
[ "$(head -c 4 core | tr -d '\0')" = '' ] || die "half a core looks like a whole one"
flip $middle
flip $((size - 4096))
refused 1 'tail: checksum is' info target.img
flip $((size - 4096))
flip 500
refused 1 'head: checksum is' info target.img
refused 1 'head: checksum is' verify target.img
flip 500

# Where it cannot be written.
refused 1 'write /dev/full at .*: No space left on device' elf one.img /dev/full
refused 1 'open missing/core: No such file' elf one.img missing/core
refused 1 'one.img: is the image itself' elf one.img one.img
status=0
"$khimage" info one.img > /dev/full 2> said || status=$?
expect "status of info into a full file" 1 "$status"
grep -q 'write standard output: No space left' said || die "$(cat said)"
"$khimage" verify one.img > /dev/null 2>&1
rm -f core
