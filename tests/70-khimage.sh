#!/bin/sh
# khimage shows what is in an image, checks it, and compares two.
. "${0%/*}/lib.sh"

khimage=$BUILD/khimage
json() { jq -er "$1" "$OUT/json" || die "$1: $(cat "$OUT/json")"; }

disks
boot first
begin_life first 40
release=$(guest first 'uname -r')
hibernate first
cp --sparse=always "$OUT/target.img" "$OUT/one.img"
boot second
guest_end second
check_life second
hibernate second
kill_machine second
top=$PWD
cd "$OUT"

# info: what the guest and the other programs say is what it says.
"$khimage" info --json one.img > json
expect "release" "$release" "$(json .release)"
expect "session" "$("$khimage" state one.img | sed -n 's/^session //p')" "$(json .session)"
expect "window" $((0x4000000)) "$(json .window.start)"
expect "pages" true "$(json '.pages | .ram == .saved + .zero + .free + .exchanged')"
expect "RAM" "$(json .pages.ram)" "$(json '[.ram[] | (.end - .start) / 4096] | add')"
expect "data" "$(json '.pages.saved * 4096')" "$(json .data.unpacked_bytes)"
expect "sum of the codecs" "$(json .data.stored_bytes)" "$(json '[.codecs[].stored_bytes] | add')"
grep -qF "$(json '.log | split("\n")[0]')" first.console || die "log: $(json .log)"
grep -oE 'pages: [0-9]+ saved' first.console | grep -qw "$(json .pages.saved)" || die "saved: $(json .pages.saved)"

"$khimage" info one.img > shown
for line in 'state  *armed; can be resumed' "kernel  *$release, x86_64" 'window  *0x4000000-0x7ffffff, 64.0 MiB' \
	'  exchanged  *[0-9]* ' 'log of the save' '  saving: [0-9]* MiB in'; do
	grep -q "^$line" shown || die "no '$line' in: $(cat shown)"
done
# The map: as wide as it may be, in the characters of the locale, without colour in a file.
for width in 40 80 120; do
	LC_ALL=C COLUMNS=$width "$khimage" info one.img | sed -n '/^memory/,/^ *one cell/p' > map
	grep -qE "^ +[0-9a-f]+  [-.:+*#x]{16,96}\$" map || die "$(cat map)"
	widest=$(grep -E '^ +[0-9a-f]+  ' map | awk '{ if (length > n) n = length } END { print n }')
	[ "$widest" -le "$width" ] || die "a map of $widest columns, for $width"
	grep -q '^ *4[0-9a-f]*  x' map || grep -q 'xxxxx' map || die "no window: $(cat map)"
done
LC_ALL=C.UTF-8 "$khimage" info one.img | grep -q '█' || die "no blocks in a UTF-8 locale"
! "$khimage" info one.img | grep -q "$(printf '\033')" || die "colour in a file"
TERM=xterm script -qec "$khimage info one.img" /dev/null | grep -q "$(printf '\033\\[36m')" || die "no colour on a terminal"

# verify and state
"$khimage" verify one.img > said 2>&1
grep -q "^one.img: whole: $(json '.chunks | .data + .zero + .free') chunks" said || die "$(cat said)"
"$khimage" verify --json one.img 2>/dev/null | jq -e '.whole and .state == "armed"' > /dev/null
"$khimage" state --json one.img > json
"$khimage" state one.img | while read -r key value; do
	case $value in 0x*) value=$((value)) ;; esac
	expect "$key" "$value" "$(json ".$(echo "$key" | tr - _)")"
done
"$BUILD/khimage-small" state --json one.img | cmp - json

# diff: the life has gone on; an image is equal to itself.
differ() { status=0; "$khimage" diff "$@" > json || status=$?; expect "status of diff $*" 4 $status; }
differ one.img target.img
grep -q 'and [0-9]* more ranges: --all lists them' json || die "$(cat json)"
differ --json --all one.img target.img
expect "ranges" "$(json .differing_ranges)" "$(json '.ranges | length')"
expect "differing pages" "$(json .pages.differing)" "$(json '[.ranges[].pages] | add')"
expect "many pages are equal and some differ" true "$(json '.pages | .equal > 10000 and .differing > 100')"
expect "pages" "$("$khimage" info --json one.img | jq .pages.ram)" "$(json '[.pages[]] | add')"
"$khimage" diff one.img one.img | grep -qE '^differing +0 ' || die "an image differs from itself"

# status, in words, for each state that an image has before it is resumed.
cp --sparse=always one.img changed.img
truncate -s 8M blank.img
dev=/dev/shm/khib-test-$$
echo "TARGET=part:$dev" > conf
says() {	# image, line
	ln -sf "$OUT/$1" $dev
	KHIB_CONF=conf KHIB_LIB=$BUILD sh "$top/hooks/kexec-hibernate" status > said
	rm "$dev"
	grep -qxE "  $2" said || die "no '$2' in: $(cat said)"
}
change() { "$khimage" "$@" 2>> changes; }
says blank.img 'not a target yet; it is made one if it is blank'
change format blank.img
says blank.img empty
says changed.img "image of kernel $release, [0-9]+ MiB, saved 20.*"
says changed.img 'the next boot resumes it'
change attempt changed.img
says changed.img 'resumes begun: 1; none has ended'
says changed.img 'the next boot tries again'
change attempt changed.img
change attempt changed.img || :
says changed.img 'it is not tried again: .*'
change discard changed.img 'the user said so'
says changed.img 'set aside 20.*, never to be resumed:'
says changed.img 'the user said so'
printf x | dd of=changed.img bs=1 seek=300 conv=notrunc status=none
says changed.img 'damaged: .*'
