# The chart: three panels, in each a group of bars for each level.

function escaped(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}
function text(x, y, size, anchor, words, extra) {
	printf "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\"%s>%s</text>\n", x, y, size, anchor, extra, escaped(words)
}
function bar(x, y, width, height, colour) {
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height, colour
}

# A series is a case, or a case by the direct path: "NAME|KEY".
function series(name, key, colour, label) {
	s_name[++nseries] = name
	s_key[nseries] = key
	s_colour[nseries] = colour
	s_label[nseries] = label
}
function series_value(s, l,   v) {
	v = get(levels[l], s_name[s], s_key[s])
	return v == "" ? "" : v / unit
}

function panel(top, title, format,   l, s, most, x, v, h) {
	most = 0
	for (l = 1; l <= nlevels; l++)
		for (s = 1; s <= nseries; s++)
			if (series_value(s, l) > most)
				most = series_value(s, l)
	text(40, top + 16, 15, "start", title, " font-weight=\"bold\"")
	for (l = 1; l <= nlevels; l++) {
		x = 40 + (l - 1) * group
		for (s = 1; s <= nseries; s++) {
			v = series_value(s, l)
			h = v == "" || !most ? 0 : v / most * 130
			bar(x, top + 180 - h, group * 0.92 / nseries - 2, h, s_colour[s])
			text(x + group * 0.46 / nseries - 1, top + 176 - h, 10, "middle", \
				v != "" ? sprintf(format, v) : get(levels[l], s_name[s], "outcome") ~ /^skipped/ ? "n/a" : "fail", "")
			x += group * 0.92 / nseries
		}
		printf "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#444\"/>\n", 40 + (l - 1) * group, top + 180, 40 + (l - 0.08) * group, top + 180
		text(40 + (l - 0.54) * group, top + 197, 12, "middle", levels[l] " % of RAM in use", "")
	}
}

function choose(key, direct,   i, grey, blue, green) {
	split("#d9d9d9 #b0b0b0 #808080", grey, " ")
	split("#9ecae1 #4292c6 #08519c", blue, " ")
	split("#a1d99b #41ab5d #006d2c", green, " ")
	nseries = nb = ng = 0
	for (i = 1; i <= ncases; i++)
		if (!ours(cases[i]))
			series(cases[i], key, grey[nseries % 3 + 1], cases[i])
	for (i = 1; i <= ncases; i++)
		if (ours(cases[i]))
			series(cases[i], key, blue[nb++ % 3 + 1], cases[i])
	for (i = 1; i <= ncases && direct; i++)
		if (ours(cases[i]))
			series(cases[i], "direct_s", green[ng++ % 3 + 1], cases[i] " direct")
}

function legend(y,   s) {
	for (s = 1; s <= nseries; s++) {
		bar(40 + (s - 1) % 5 * 160, y + int((s - 1) / 5) * 20, 12, 12, s_colour[s])
		text(57 + (s - 1) % 5 * 160, y + 11 + int((s - 1) / 5) * 20, 12, "start", s_label[s], "")
	}
}

END {
	group = nlevels ? 800 / nlevels : 800
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"880\" height=\"810\" viewBox=\"0 0 880 810\" font-family=\"sans-serif\">"
	bar(0, 0, 880, 810, "#ffffff")
	text(40, 32, 18, "start", "Hibernation: the kernel's own (swsusp) and kexec-hibernate", " font-weight=\"bold\"")
	text(40, 52, 12, "start", sprintf("%d MiB of RAM, %d processors, QEMU without KVM; less is better", run("mem_mib"), run("cpus")), "")
	unit = 1
	choose("resume_s", 1)
	legend(68)
	panel(340, "Power-on to running, seconds", "%.1f")
	choose("save_s", 0)
	panel(115, "Command to power-off, seconds", "%.1f")
	unit = 1048576
	choose("image_bytes", 0)
	panel(565, "Image, MiB", "%.0f")
	print "</svg>"
}
