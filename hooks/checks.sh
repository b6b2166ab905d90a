# shellcheck shell=sh
# All that could fail is looked at here, while nothing is frozen.  Each check dies with a message.

# This kernel can jump, and may.
check_kernel() {
	k=$(uname -r)
	if [ ! -e /sys/kernel/kexec_jump_back_entry ] &&
	   ! zgrep -q '^CONFIG_KEXEC_JUMP=y' /proc/config.gz "/boot/config-$k" 2>/dev/null; then
		die "kernel $k is built without CONFIG_KEXEC_JUMP"
	fi
	[ "$(cat /proc/sys/kernel/kexec_load_disabled 2>/dev/null || echo 0)" = 0 ] ||
		die "kernel.kexec_load_disabled is 1, 0 is needed"
	if [ -r /sys/kernel/security/lockdown ]; then
		lockdown=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/security/lockdown)
		[ "$lockdown" = none ] || die "kernel is locked down ($lockdown): kexec_load is refused"
	fi
}

check_files() {
	for f in helper helper.cpio kexec khimage khib-jump khib-window mkimage.sh load; do
		[ -r "$lib/$f" ] || die "$lib/$f: missing"
	done
}

# Sets WINDOW_START, WINDOW_END, WINDOW_DEFAULT, WINDOW_REASON.
window_choose() {
	chosen=$("$lib/khib-window" "$DEFAULT_START" "$WINDOW_SIZE") || exit 1
	get WINDOW_START start "$chosen"
	get WINDOW_END end "$chosen"
	WINDOW_START=$((WINDOW_START)) WINDOW_END=$((WINDOW_END))
	get WINDOW_DEFAULT default "$chosen"
	get WINDOW_REASON reason "$chosen"
}

# Sets a variable to a value of /proc/meminfo, in KiB.
meminfo() {	# variable, name
	while read -r meminfo_name meminfo_value _; do
		[ "$meminfo_name" != "$2:" ] || { eval "$1=\$meminfo_value"; return 0; }
	done < /proc/meminfo
	die "/proc/meminfo: no $2"
}

# Free memory in KiB: what the zones have, and what waits in the lists of the processors.
memory_free() { sed -n 's/^ *\(nr_free_pages\|count:\) *//p' /proc/zoneinfo | (n=0; while read -r m; do n=$((n + m)); done; echo $((n * 4))); }

# The window is exchanged for as much memory of this system, and loading takes 7 MiB more, 11 to be sure
# that nothing is evicted.  It has to be free; if it is not, there has to be enough that the kernel can
# evict without killing a process for it.
memory_suffices() {	# bytes of window, MiB for the loading
	memory_need=$((($1 >> 10) + RESERVE_KIB + $2 * 1024))
	[ "$have" -ge $memory_need ] || [ "$available" -ge $((($1 >> 10) + 16 * 1024)) ]
}

# A full system gets a smaller window, with which only the chained path works.
check_memory() {
	meminfo have MemFree
	meminfo available MemAvailable
	! memory_suffices "$WINDOW_SIZE" 11 || return 0
	reason="$have KiB are free and $available available, the window and its loading need $memory_need"
	for small in 40:11 32:7; do
		size=$((${small%:*} << 20))
		[ $size -lt "$WINDOW_SIZE" ] || continue
		# What waits in the lists of the processors is not always to be had: it counts only at the end.
		[ "$small" != 32:7 ] || have=$(memory_free)
		memory_suffices $size ${small#*:} || continue
		WINDOW_SIZE=$size
		window_choose
		WINDOW_DEFAULT=no WINDOW_REASON=$reason
		return 0
	done
	have=$(memory_free)
	memory_suffices "$WINDOW_SIZE" 7 ||
		die "memory: $have KiB are free and $available available, the window and its loading need $memory_need"
}

# The kernel keeps back a reserve, 22 MiB of 1 GiB, which is to be had while the helper is loaded and
# jumped to.  Without it caches would be evicted, and a system that is full has none.  And each CPU keeps
# free pages on lists of its own, as much again, which are neither free for others nor for the image:
# the lists are made as short as they can be, and shrink with the next pages that are freed.
RESERVE_KIB=1024
LISTS=/proc/sys/vm/percpu_pagelist_high_fraction
reserve_lower() {
	reserve_kept=$(cat /proc/sys/vm/min_free_kbytes) lists_kept=$(cat $LISTS 2>/dev/null || :)
	[ "$reserve_kept" -le $RESERVE_KIB ] || echo $RESERVE_KIB > /proc/sys/vm/min_free_kbytes
	[ -z "$lists_kept" ] || echo 1000000 > $LISTS
}
reserve_restore() {
	echo "$reserve_kept" > /proc/sys/vm/min_free_kbytes
	[ -z "$lists_kept" ] || echo "$lists_kept" > $LISTS
}

# The image knows one range of low memory; firmware with holes in it is refused while A still runs.
check_low_memory() {
	ranges=$(sed -n 's/^000\([0-9a-f]\{5\}\)-.* : System RAM$/\1/p' /proc/iomem | while read -r first; do
		[ $((0x$first)) -ge $LOW_END ] || echo "$first"
	done | wc -l)
	[ "$ranges" = 1 ] || die "low memory: $ranges ranges of RAM below $(printf %#x $LOW_END), the helper needs 1"
}

# Each target: there, a block device, not in use, not another's data, large enough.  Sets
# TARGETS_CHECKED, " TARGET=ID" for each that will do; one is enough, the others are told.
check_targets() {
	TARGETS_CHECKED=''
	for t in $TARGETS; do
		# The next boot might resume that one, over what this session will have written.
		get resumable resumable "$("$lib/khimage" state "$t" 2>/dev/null)"
		[ "$resumable" != yes ] ||
			die "$t: holds an image that could be resumed: khimage discard $t REASON sets it aside"
		if id=$(check_target "$t"); then
			TARGETS_CHECKED="$TARGETS_CHECKED $t=$id"
		fi
	done
	[ -n "$TARGETS_CHECKED" ] || die "no target can be used, of: $TARGETS"
}

# Prints the id, or fails with a message.
check_target() {
	state=$("$lib/khimage" state "$1") || return 1
	get dev device "$state"
	get size size "$state"
	size=$((size / 1024))
	if in_use "$dev"; then
		echo "kexec-hibernate: $1: $dev is in use, see /proc/mounts and /proc/swaps" >&2
		return 1
	fi
	meminfo total MemTotal
	meminfo free MemFree
	used=$((total - free))
	if [ "$size" -lt "$used" ]; then
		echo "kexec-hibernate: $1: $dev has $size KiB, $used KiB of memory are in use" >&2
		return 1
	fi
	# An image that could still be resumed, and other data, are refused.
	"$lib/khimage" format --check "$1" || return 1
	get id id "$state"
	echo "${id:-new}"
}

in_use() {	# device
	set -- "$1"
	while read -r user _; do
		[ ! -b "$user" ] || set -- "$@" "$user"
	done <<END
$(cat /proc/mounts /proc/swaps)
END
	# The first is the device itself: does its number come again?
	first=''
	for number in $(stat -L -c %t:%T "$@"); do
		[ "$number" != "$first" ] || return 0
		first=${first:-$number}
	done
	return 1
}

# Nothing is left to be refused: give each target an empty head.  It keeps its id, if it has one.
prepare_targets() {
	set -- $TARGETS_CHECKED
	TARGETS_CHECKED=''
	for t; do
		t=${t%=*}
		"$lib/khimage" format "$t" || exit 1
		get id id "$("$lib/khimage" state "$t")"
		TARGETS_CHECKED="$TARGETS_CHECKED $t=$id"
	done
}

# A disk that fails at the last moment may keep the head of an image that the helper gave up.
discard_images() {
	for t in $TARGETS; do
		! "$lib/khimage" state "$t" 2>/dev/null | grep -qx 'resumable yes' ||
			"$lib/khimage" discard "$t" "the system went on without it" ||
			echo "kexec-hibernate: $t: do not boot this machine before its image is discarded" >&2
	done
}

# Will the next boot look for the image?  Sets PATH_TAKEN.
check_next_boot() {
	PATH_TAKEN="the chained path"
	if [ "$RESUME" = direct ]; then
		if [ "$WINDOW_DEFAULT" = yes ]; then
			PATH_TAKEN="the direct path"
		else
			echo "kexec-hibernate: the direct path stands aside: $WINDOW_REASON" >&2
		fi
	fi
	# The boot script is needed on the direct path, too: it sets an image aside that is passed by.
	# The boot script leaves this in each boot; the next one is taken to be like this one.
	[ -r /run/khib/boot ] ||
		die "the next boot would not look for the image: this one's initramfs has no boot script of kexec-hibernate"
	for t in $TARGETS; do
		grep -qxF "seen $t" /run/khib/boot ||
			die "the next boot would look for an image on '$(paste -sd ' ' /run/khib/boot)', not on $t: run update-initramfs -u"
	done
}

# What this kernel expects of its free pages: sets FREE_PAGES, leave | zero | poison | save, and
# FREE_PLAN.  As mem_debugging_and_hardening_init() in the kernel's mm/mm_init.c decides it.
free_pages_expected() {
	FREE_PAGES=save k=$(uname -r) config=/proc/config.gz
	[ -r $config ] || config=/boot/config-$k
	FREE_PLAN="saved, too: what this kernel expects of them cannot be told without /proc/config.gz or /boot/config-$k"
	[ -r "$config" ] || return 0
	FREE_PAGES=leave FREE_PLAN="left out" poison=off
	built=$(gzip -cdf "$config" | grep -E '^CONFIG_(INIT_ON_FREE_DEFAULT_ON|PAGE_POISONING)=y') || :
	case $built in *INIT_ON_FREE*) FREE_PAGES=zero ;; esac
	# The last one counts, but not if the kernel cannot read its value; behind -- they are for init.
	read -r cmdline < /proc/cmdline
	case $cmdline in *'"'*) cmdline=$(tr -d '"' < /proc/cmdline) ;; esac
	for word in $cmdline; do
		case $word in
		--) break ;;
		init[_-]on[_-]free=[1yYtT]* | init[_-]on[_-]free=[oO][nN]*) FREE_PAGES=zero ;;
		init[_-]on[_-]free=[0nNfF]* | init[_-]on[_-]free=[oO][fF]*) FREE_PAGES=leave ;;
		page[_-]poison=[1yYtT]* | page[_-]poison=[oO][nN]*) poison=on ;;
		page[_-]poison=[0nNfF]* | page[_-]poison=[oO][fF]*) poison=off ;;
		esac
	done
	case $poison$built in on*PAGE_POISONING*) FREE_PAGES=poison ;; esac
	case $FREE_PAGES in
	zero) FREE_PLAN="left out, and cleared at the resume: init_on_free" ;;
	poison) FREE_PLAN="left out, and poisoned at the resume: page_poison" ;;
	esac
}
