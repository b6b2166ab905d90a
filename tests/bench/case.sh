#!/bin/sh
# One case of the comparison: fill a guest, put it to sleep, bring it back, and note the figures.
# usage: case.sh LEVEL SYSTEM CODEC	(run.sh does this)
level=${1:?} system=${2:?} codec=${3:?}
# shellcheck source=tests/bench/figures.sh
. tests/bench/figures.sh

case_swsusp() {
	append=$(swsusp_append "$codec")
	begin "$append"
	swsusp_prepare first
	begin_fill
	if ! until_off first "$SWSUSP"; then
		outcome "failed: $(tail -n 1 "$OUT/first.answer"); $(from_console first '(PM: .*)')"
		kill_machine first
		return
	fi
	put save_s "$(seconds "$TOOK")"
	put write_s "$(from_console first 'Wrote .* in ([0-9.]+) seconds')"
	pages=$(from_console first 'aving image data.*\(([0-9]+) pages')
	packed=$(from_console first 'Image size after compression: ([0-9]+) kbytes')
	bytes=$((${packed:-$((pages * 4))} * 1024))
	put image_bytes $bytes
	woken resume_s "$append loglevel=7" || { kill_machine second; return; }
	put read_s "$(from_console second 'Read .* in ([0-9.]+) seconds')"
	check_contents second && outcome ok
	if guest second 'swapoff /dev/vdb' 300 > /dev/null; then against_dd $bytes; fi
	kill_machine second
}

case_khib() {
	begin nokaslr
	if ! refusal=$(khib_codec first "$codec"); then
		outcome "skipped: $refusal"
		kill_machine first
		return
	fi
	time_helper_load first
	begin_fill
	if ! until_off first kexec-hibernate; then
		outcome "failed: $(tail -n 1 "$OUT/first.answer")"
		kill_machine first
		return
	fi
	put save_s "$(seconds "$TOOK")"
	phase first saving write_s init_save_s
	bytes=$(image_field bytes)
	put image_bytes "$bytes"
	dd if="$OUT/target.img" of="$OUT/armed.img" bs=1M count=$((bytes / 1048576 + 1)) status=none
	cp "$OUT/root.qcow2" "$OUT/armed.qcow2"
	window=$(image_field window-start)-$(image_field window-end)
	woken resume_s nokaslr || { kill_machine second; return; }
	phase second restoring read_s init_resume_s
	put load_s "$(guest second 'cat /run/helper-load')"
	check_contents second || { kill_machine second; return; }
	# The direct path is for the default window, which a full system does without.
	if [ "$window" != 0x4000000-0x8000000 ]; then
		against_dd "$bytes"
		kill_machine second
		outcome "ok, but not by the direct path: window $window"
		return
	fi
	kill_machine second
	# The same image once more, on disks of the same instant, now by the direct path.
	dd if="$OUT/armed.img" of="$OUT/target.img" bs=1M conv=notrunc status=none
	cp "$OUT/armed.qcow2" "$OUT/root.qcow2"
	if woken direct_s direct; then
		phase second restoring direct_read_s init_direct_s
		check_contents second direct_ && outcome ok
		against_dd "$bytes"
	fi
	kill_machine second
}

case $system in
swsusp) case_swsusp ;;
khib) case_khib ;;
*) die "$system: no such system" ;;
esac
