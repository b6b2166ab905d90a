# The table of docs/limits.md: "MIB LEVEL SYSTEM CODEC KEY VALUE" lines in, Markdown out.

{
	row = $1 SUBSEP $2 SUBSEP $3 " " $4
	if (!(row in seen)) {
		seen[row] = 1
		rows[++nrows] = row
	}
	value = $6
	for (i = 7; i <= NF; i++)
		value = value " " $i
	figure[row, $5] = value
}

function get(row, key, format) { return (row, key) in figure ? sprintf(format, figure[row, key]) : "-" }
function mib(row, key) { return (row, key) in figure ? sprintf("%.1f", figure[row, key] / 1024) : "-" }

END {
	print "| RAM, MiB | a process has | system | outcome | command to power-off, s | power-on to running, s | all read again, s | image, MiB | swapped out, MiB | page cache lost, MiB |"
	print "|---|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nrows; i++) {
		split(rows[i], part, SUBSEP)
		printf "| %s | %s %%, %s MiB | %s | %s | %s | %s | %s | %s | %s | %s |\n", part[1], part[2], \
			get(rows[i], "fill_mib", "%s"), part[3], get(rows[i], "outcome", "%s"), get(rows[i], "save_s", "%.1f"), \
			get(rows[i], "resume_s", "%.1f"), get(rows[i], "touch_s", "%.1f"), \
			(rows[i], "image_bytes") in figure ? sprintf("%.0f", figure[rows[i], "image_bytes"] / 1048576) : "-", \
			mib(rows[i], "swapped_kib"), mib(rows[i], "cached_lost_kib")
	}
}
