# shellcheck shell=sh
# The configuration file: "KEY=VALUE" lines, which are parsed, not sourced.

# printf, for echo would obey backslashes in what it shows.
config_die() { printf 'kexec-hibernate: %s\n' "$*" >&2; exit 1; }

# Sets TARGETS (separated by blanks), CODEC, VERIFY, END, RESUME, WINDOW_SIZE (bytes), HELPER_PARAMETERS, BOOT_ONCE.
config_read() {
	[ -r "$1" ] || config_die "$1: cannot be read"
	TARGETS='' CODEC=auto VERIFY=no END=poweroff RESUME=chained WINDOW_SIZE=$((64 << 20)) HELPER_PARAMETERS='' BOOT_ONCE=''
	config_line=0 config_targets=0
	while IFS= read -r line || [ -n "$line" ]; do
		config_line=$((config_line + 1))
		case $line in
		'' | '#'*) continue ;;
		[A-Z]*=*) config_set "$1:$config_line" "${line%%=*}" "${line#*=}" ;;
		*) config_die "$1:$config_line: '$(config_show "$line")' is not KEY=VALUE" ;;
		esac
	done < "$1"
	[ -n "$TARGETS" ] || config_die "$1: no TARGET="
}

# Set a variable to the value of the first line "KEY VALUE" of a text; no process, for each takes a
# while where many are started.
get() {	# variable, key, text
	while read -r get_key get_value; do
		[ "$get_key" != "$2" ] || { eval "$1=\$get_value"; return 0; }
	done <<END
$3
END
	eval "$1="
}

config_show() { printf %.60s "$1" | tr -c '[:print:]' '?'; }

config_set() {	# place, key, value
	value=$3
	case $3 in *[!A-Za-z0-9/:=._+-]*) value=$(config_show "$3") ;; esac
	[ ${#value} -le 60 ] || value=$(config_show "$3")
	case $2 in
	TARGET)
		case $3 in
		*[!A-Za-z0-9/:=._+-]* | '') config_die "$1: TARGET=$value has characters that no target has" ;;
		part:*)
			TARGETS="${TARGETS:+$TARGETS }$3" config_targets=$((config_targets + 1))
			[ $config_targets -le 8 ] || config_die "$1: TARGET=$value: the ninth, at most 8 are tried" ;;
		*) config_die "$1: TARGET=$value: kind unknown, known is part:" ;;
		esac ;;
	CODEC)
		case $3 in
		none | auto | lz4 | zstd | zstd:[1-6]) CODEC=$3 ;;
		*) config_die "$1: CODEC=$value: known are none, auto, lz4, zstd, zstd:1 to zstd:6" ;;
		esac ;;
	VERIFY)
		case $3 in
		yes | no) VERIFY=$3 ;;
		*) config_die "$1: VERIFY=$value: neither yes nor no" ;;
		esac ;;
	END)
		case $3 in
		poweroff | reboot) END=$3 ;;
		*) config_die "$1: END=$value: neither poweroff nor reboot" ;;
		esac ;;
	RESUME)
		case $3 in
		chained | direct) RESUME=$3 ;;
		*) config_die "$1: RESUME=$value: neither chained nor direct" ;;
		esac ;;
	WINDOW_MIB)
		case $3 in
		32 | 48 | 64 | 80 | 96 | 112 | 128) WINDOW_SIZE=$(($3 << 20)) ;;
		*) config_die "$1: WINDOW_MIB=$value: known are 32 to 128 in steps of 16" ;;
		esac ;;
	HELPER_PARAMETERS) HELPER_PARAMETERS=$3 ;;
	BOOT_ONCE) BOOT_ONCE=$3 ;;
	*) config_die "$1: $(config_show "$2"): unknown key" ;;
	esac
}

DEFAULT_START=$((0x4000000))	# CONFIG_PHYSICAL_START in kernel-patches/helper.config
LOW_END=$((0x9f000))		# end of the low memory that the helper has, docs/memory-map.md

# Page table levels of this kernel: the flag is there only if five are in use.
paging_levels() { if grep -qw la57 /proc/cpuinfo; then echo 5; else echo 4; fi; }

# The kernel parameters that confine a helper to [$1, $2) and low memory, and what it always gets;
# $3: the page table levels of A, for the paging mode survives the jump.
helper_parameters() {
	printf 'memmap=%#x%%%#x-1+2 memmap=%#x%%%#x-1+2' $(($1 - LOW_END)) $LOW_END $(((1 << 52) - $2)) "$2"
	printf ' loglevel=6 printk.devkmsg=on panic=10'
	[ "$3" = 5 ] || printf ' no5lvl'
	read -r cmdline < /proc/cmdline
	for word in $cmdline; do
		case $word in console=*) printf ' %s' "$word" ;; esac
	done
	[ -z "$HELPER_PARAMETERS" ] || printf ' %s' "$HELPER_PARAMETERS"
}

# Is a block device of this machine on a SATA or IDE port?  If none is, a helper need not wait 0.3 s
# for what hangs on them: what it has to reach is here already.  What A says of it counts at the
# resume, too: then disks may be slow to come.
ata_in_use() {
	for disk in /sys/block/*; do
		case $(readlink -f "$disk") in */ata[0-9]*) echo yes; return ;; esac
	done
	echo no
}
without_ata() { [ "$1" != no ] || printf ' initcall_blacklist=ahci_pci_driver_init,piix_init'; }
