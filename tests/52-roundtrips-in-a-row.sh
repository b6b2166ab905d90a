#!/bin/sh
# Hibernations in a row, N of them (4), LIFE of each guest life (2); by both paths.  The first life's
# kernel is where the direct path always works, the others are where KASLR puts them.  Free pages are
# left out in each image.  N=100 is make soak.
. "${0%/*}/lib.sh"

N=${N:-4} LIFE=${LIFE:-2}
i=0 direct=0 left_out=0 number=0
while [ $i -lt "$N" ]; do
	if [ $((i % LIFE)) = 0 ]; then
		[ $i = 0 ] || kill_machine "$vm"
		rm -f "$OUT"/*.console "$OUT"/*.resets
		number=$((number + 1)) vm=life-$i kaslr=
		[ $i != 0 ] || kaslr=nokaslr
		disks
		boot "$vm" $kaslr
		begin_life "$vm"
	fi
	hibernate "$vm"
	"$BUILD/khimage" info --json "$OUT/target.img" > "$OUT/info"
	free=$(jq .pages.free "$OUT/info")
	# Of 1 GiB at least half is free; pages that the jump exchanged may be saved.
	if [ "$free" -gt 131072 ]; then
		left_out=$((left_out + 1))
	else
		grep 'free pages' "$OUT/$vm.console" | tr -d '\r' | sed "s/^/note: hibernation $i: /"
	fi
	i=$((i + 1)) vm=life-$i
	# Each second time by the direct path, if the window is the default one.
	if [ $((i % 2)) = 0 ] && [ "$(image_field window-start)" = "$WINDOW_START" ]; then
		direct=$((direct + 1))
		boot_helper "$vm" "khib.resume=part:/dev/vdb"
	else
		boot "$vm"
	fi
	guest_end "$vm"
	check_life "$vm"
done
echo "note: $N hibernations in $number lives, $direct resumed by the direct path; free pages left out in $left_out"
[ $direct -gt 0 ] || die "no resume by the direct path"
expect "hibernations with free pages left out" "$N" "$left_out"
