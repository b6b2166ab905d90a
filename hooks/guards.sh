# shellcheck shell=sh
# Which devices hold what this system has mounted or swaps to: nobody may write them while it sleeps.

# Numbers of the devices in use, "8:1", in all mount namespaces.
guard_numbers() {
	while read -r number type source; do
		case $number in
		'') ;;
		0:*)	# a number of the file system's own: btrfs
			! grep -q "^nodev[[:space:]]$type\$" /proc/filesystems || continue
			guard_number "$source" || die "guards: on which device $source ($type) is mounted is not known" ;;
		*) echo "$number" ;;
		esac
	done <<END
$(cat /proc/[0-9]*/mountinfo 2>/dev/null |
		sed -n 's/^[^ ]* [^ ]* \([0-9]*:[0-9]*\) .* - \([^ ]*\) \([^ ]*\) .*/\1 \2 \3/p' | sort -u)
END
	while read -r source; do
		[ -z "$source" ] || guard_number "$source" || die "guards: swap on $source: no such block device"
	done <<END
$(sed -n 's/^\(\/[^ 	]*\)[ 	]*partition[ 	].*/\1/p' /proc/swaps)
END
}

guard_number() {	# of the block device at this path
	[ -b "$1" ] || return 1
	echo $((0x$(stat -L -c %t "$1"))):$((0x$(stat -L -c %T "$1")))
}

# From a number to the disks and partitions that the helper will see: "/dev/NAME", or
# "/dev/NAME LAYER" for one below dm or md, which the helper does not have.
guard_resolve() (	# number, layer
	dir=$(readlink -f "/sys/dev/block/$1") && [ -d "$dir" ] || die "guards: device $1 is not in /sys/dev/block"
	disk=$dir layers=''
	[ ! -e "$dir/partition" ] || disk=${dir%/*}
	case ${disk##*/} in
	zram* | ram* | sr*) exit 0 ;;	# memory, and what nobody can write
	nbd*) echo "- ${disk##*/}"; exit 0 ;;
	loop*)	# over a file: the file system that it is in has a guard
		below=$(cat "$disk/loop/backing_file" 2>/dev/null || :)
		below=$(guard_number "$below") || exit 0
		guard_resolve "$below" "${2-}"
		exit ;;
	esac
	for slave in "$disk"/slaves/*/dev; do
		[ -e "$slave" ] || continue
		layers=yes
		guard_resolve "$(cat "$slave")" "${disk##*/}" || exit 1
	done
	[ -n "$layers" ] || echo "/dev/$(echo "${dir##*/}" | tr '!' /) ${2-}"
)

# Sets GUARDS, lines as above.  What B writes to itself, of TARGETS_CHECKED, is none.
check_guards() {
	numbers=$(guard_numbers) || exit 1
	own=' '
	for t in $TARGETS_CHECKED; do
		own="$own$(guard_number "$("$lib/khimage" state "${t%=*}" | sed -n 's/^device //p')") "
	done
	GUARDS=''
	for n in $(echo "$numbers" | sort -u); do
		case $own in *" $n "*) continue ;; esac
		GUARDS="$GUARDS$(guard_resolve "$n")
" || exit 1
	done
	GUARDS=$(echo "$GUARDS" | sed '/^$/d' | sort -u)
	count=$(echo "$GUARDS" | sed 's/ .*//' | sort -u | wc -l)
	[ "$count" -le 64 ] || die "guards: $count devices are in use, at most 64 can be guarded"
}

plan_guards() {
	echo "plan: resume only if nobody has written $(echo "$GUARDS" | sed 's/ .*//; /^-/d' | sort -u | paste -sd ' ')"
	echo "$GUARDS" | while read -r device layer; do
		[ -n "$layer" ] || continue
		[ "$device" = - ] && echo "plan: note: $layer is not guarded: the helper cannot see it" ||
			echo "plan: note: $device is below $layer: not every change to that will be seen"
	done
}
