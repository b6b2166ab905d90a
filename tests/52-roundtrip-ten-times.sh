#!/bin/sh
# Ten round trips in a row of one guest life (N of them with N set); by both paths where they can.
. "${0%/*}/lib.sh"

N=${N:-10}
disks
boot life-0
begin_life life-0
i=0
while [ $i -lt "$N" ]; do
	hibernate "life-$i"
	last=$i i=$((i + 1))
	# Each second time by the direct path, if the window is the default one.
	if [ $((i % 2)) = 0 ] && [ "$(image_field window-start)" = "$WINDOW_START" ]; then
		boot_helper "life-$i" "khib.resume=part:/dev/vdb"
	else
		boot "life-$i"
	fi
	guest_end "life-$i"
	check_life "life-$i"
	rm -f "$OUT/life-$last".*
done
echo "note: $N round trips, the counter stands at $life_count"
