# The table for people.

function cell(value, format) { return value == "" ? "-" : sprintf(format, value) }
function rated(level, name, key, dd,   part) {
	part = of_dd(level, name, key, dd)
	return cell(get(level, name, key), "%.2f") sprintf("%6s", cell(rate(level, name, key), "%.0f")) \
		sprintf("%5s", part == "" ? "-" : sprintf("%.0f%%", part * 100))
}

END {
	printf "Hibernation side by side: %d MiB of RAM, %d processors, QEMU without KVM, disk: %s\n", run("mem_mib"), run("cpus"), run("disk")
	print "Contents of the process: half random, half text (LZ4 packs that to a third).  Times in seconds."
	for (l = 1; l <= nlevels; l++) {
		level = levels[l]
		printf "\n%d %% of RAM in use\n", level
		printf "%-12s %8s %8s %7s %6s %20s %20s %7s %8s %8s  %s\n", "", "command", "power-on", "direct", "image", \
			"write phase", "read phase", "all", "swapped", "cache", ""
		printf "%-12s %8s %8s %7s %6s %20s %20s %7s %8s %8s  %s\n", "", "to off", "to run", "path", "MiB", \
			"s  MiB/s of dd", "s  MiB/s of dd", "read", "MiB", "lost MiB", "contents"
		for (i = 1; i <= ncases; i++) {
			name = cases[i]
			printf "%-12s %8s %8s %7s %6s %20s %20s %7s %8s %8s  %s\n", name, cell(get(level, name, "save_s"), "%.1f"), \
				cell(get(level, name, "resume_s"), "%.1f"), ours(name) ? cell(get(level, name, "direct_s"), "%.1f") : "", \
				have(level, name, "image_bytes") ? sprintf("%.0f", get(level, name, "image_bytes") / 1048576) : "-", \
				rated(level, name, "write_s", "dd_write_s"), \
				rated(level, name, ours(name) ? "direct_read_s" : "read_s", "dd_read_s"), cell(get(level, name, "touch_s"), "%.1f"), \
				have(level, name, "swapped_kib") ? sprintf("%.0f", get(level, name, "swapped_kib") / 1024) : "-", \
				have(level, name, "cached_lost_kib") ? sprintf("%.1f", get(level, name, "cached_lost_kib") / 1024) : "-", \
				get(level, name, "outcome")
		}
	}
	print "\n\"all read\": the process reads its memory once after the return.  \"of dd\": dd with O_DIRECT and blocks of 1 MiB\n" \
		"takes this part of the phase for as many bytes.  Read phase of khib: the direct path."
	print "\nThe helper's own time, seconds\n                        load   entry to work: save, chained, direct"
	for (l = 1; l <= nlevels; l++)
		for (i = 1; i <= ncases; i++)
			if (ours(cases[i]) && have(levels[l], cases[i], "load_s"))
				printf "%3d %% %-12s %10s %22s %8s %7s\n", levels[l], cases[i], get(levels[l], cases[i], "load_s"), \
					get(levels[l], cases[i], "init_save_s"), get(levels[l], cases[i], "init_resume_s"), get(levels[l], cases[i], "init_direct_s")
	make_aims()
	print "\nAims, each codec beside the others"
	for (i = 1; i <= naims; i++) {
		line = aim_level[i] " % " aim_what[i]
		if (!(line in results))
			lines[++nlines] = line
		limits[line] = aim_limit[i]
		results[line] = results[line] sprintf("   %s %s %s", substr(aim_case[i], 6), cell(aim_value[i], "%.2f"), aim_verdict[i])
	}
	for (i = 1; i <= nlines; i++)
		printf "%-50s aim %s %s\n", lines[i], limits[lines[i]], results[lines[i]]
	printf "\n%s minutes; load of the host at the end %s; commit %s\n", run("minutes"), run("load"), run("commit")
}
