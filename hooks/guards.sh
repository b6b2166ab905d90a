# shellcheck shell=sh
# Which devices hold what this system has mounted or swaps to: nobody may write them while it sleeps.

# What is mounted, in all mount namespaces: "8:1 TYPE SOURCE"; then what is swapped to: "swap FILE".
guard_uses() {
	cat /proc/[0-9]*/mountinfo 2>/dev/null |
		sed -n 's/^[^ ]* [^ ]* \([0-9]*:[0-9]*\) .* - \([^ ]*\) \([^ ]*\) .*/\1 \2 \3/p' | sort -u
	while read -r file kind _; do
		case $file$kind in /*partition) echo "swap $file" ;; esac
	done < /proc/swaps
}

# Numbers of these devices, "8:1".
guard_numbers() {	# what guard_uses() printed
	while read -r number type source; do
		case $number in
		'') ;;
		0:*)	# a number of the file system's own: btrfs; and rootfs, that of the initramfs
			[ "$type" != rootfs ] || continue
			! grep -q "^nodev[[:space:]]$type\$" /proc/filesystems || continue
			guard_number "$source" || die "guards: on which device $source ($type) is mounted is not known" ;;
		swap) guard_number "$type" || die "guards: swap on $type: no such block device" ;;
		*) echo "$number" ;;
		esac
	done <<END
$1
END
}

guard_number() {	# of the block device at this path
	[ -b "$1" ] || return 1
	number=$(stat -L -c %t:0x%T "$1") || return 1
	echo $((0x${number%:*})):$((${number#*:}))
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
	[ -z "$layers" ] || exit 0
	name=${dir##*/}
	case $name in *!*) name=$(echo "$name" | tr '!' /) ;; esac
	echo "/dev/$name ${2-}"
)

# Sets GUARDS, lines as above, each once.  What B writes to itself, of TARGETS_CHECKED, is none.
check_guards() {
	uses=$(guard_uses)
	[ "$uses" != "${GUARD_USES-}" ] || return 0	# they are known, and nothing has changed
	numbers=$(guard_numbers "$uses") || exit 1
	own=' ' done=' ' GUARDS='' count=0
	for t in $TARGETS_CHECKED; do
		get device device "$("$lib/khimage" state "${t%=*}")"
		own="$own$(guard_number "$device") "
	done
	for n in $numbers; do
		case $own$done in *" $n "*) continue ;; esac
		done="$done$n "
		resolved=$(guard_resolve "$n") || exit 1
		guard_add "$resolved"
	done
	[ $count -le 64 ] || die "guards: $count devices are in use, at most 64 can be guarded"
	GUARD_USES=$uses
}

guard_add() {	# lines for GUARDS
	while read -r line; do
		case "
$GUARDS" in
		*"
$line
"*) continue ;;
		esac
		[ -n "$line" ] || continue
		GUARDS="$GUARDS$line
"
		count=$((count + 1))
	done <<END
$1
END
}

# The devices among them, each once.
guard_devices() {
	devices=' '
	while read -r device _; do
		case $device in '' | -) continue ;; esac
		case $devices in *" $device "*) continue ;; esac
		devices="$devices$device "
	done <<END
$GUARDS
END
	devices=${devices# }
}

plan_guards() {
	guard_devices
	echo "plan: resume only if nobody has written ${devices% }"
	while read -r device layer; do
		[ -n "$layer" ] || continue
		[ "$device" = - ] && echo "plan: note: $layer is not guarded: the helper cannot see it" ||
			echo "plan: note: $device is below $layer: not every change to that will be seen"
	done <<END
$GUARDS
END
}
