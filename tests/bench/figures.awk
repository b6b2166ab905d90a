# What run.sh noted, for table.awk, json.awk and svg.awk: "LEVEL SYSTEM CODEC KEY VALUE" lines in,
# and at the end levels[], cases[] (systems with their codecs), get() and the aims.

{
	value = $5
	for (i = 6; i <= NF; i++)
		value = value " " $i
	figure[$1, $2 " " $3, $4] = value
	if ($2 == "run")
		next
	if (!($1 in seen_level)) {
		seen_level[$1] = 1
		levels[++nlevels] = $1
	}
	if (!(($2, $3) in seen_case)) {
		seen_case[$2, $3] = 1
		cases[++ncases] = $2 " " $3
	}
}

function have(level, name, key) { return (level, name, key) in figure && figure[level, name, key] != "" }
function get(level, name, key) { return have(level, name, key) ? figure[level, name, key] : "" }
function run(key) { return get(0, "run -", key) }
function ours(name) { return name ~ /^khib / }

# bytes a second of a phase, in MiB; and what dd needed for as many bytes, as a part of the phase
function rate(level, name, key) {
	return get(level, name, key) > 0 ? get(level, name, "image_bytes") / 1048576 / get(level, name, key) : ""
}
function of_dd(level, name, key, dd) {
	if (!(get(level, name, key) > 0) || !(get(level, name, dd) > 0))
		return ""
	return get(level, name, dd) / get(level, name, "dd_mib") * get(level, name, "image_bytes") / 1048576 / get(level, name, key)
}

# The best of a system's codecs.
function best(level, whose, key,   i, least) {
	least = ""
	for (i = 1; i <= ncases; i++)
		if (index(cases[i], whose " ") == 1 && have(level, cases[i], key) && (least == "" || get(level, cases[i], key) + 0 < least))
			least = get(level, cases[i], key) + 0
	return least
}

# One aim, for one level and codec: is the value at most, or at least, the limit?  No value: not measured.
function aim(level, name, what, value, sign, limit) {
	aim_level[++naims] = level
	aim_case[naims] = name
	aim_what[naims] = what
	aim_value[naims] = value
	aim_limit[naims] = sign " " sprintf("%.2f", limit)
	aim_verdict[naims] = value == "" ? "not measured" : (sign == "<=" ? value <= limit : value >= limit) ? "met" : "missed"
}
function ratio_aim(level, name, what, key, rival_key, limit,   rival) {
	rival = best(level, "swsusp", rival_key)
	aim(level, name, what " / swsusp's best", rival && have(level, name, key) ? get(level, name, key) / rival : "", "<=", limit)
}

function make_aims(   i, l, level, name) {
	for (l = 1; l <= nlevels; l++)
		for (i = 1; i <= ncases; i++) {
			level = levels[l]
			name = cases[i]
			if (!ours(name) || get(level, name, "outcome") ~ /^skipped/)
				continue
			if (level == 30 || level == 85)
				ratio_aim(level, name, "command to power-off", "save_s", "save_s", level == 30 ? 1.0 : 0.6)
			ratio_aim(level, name, "power-on to running, direct", "direct_s", "resume_s", 0.6)
			ratio_aim(level, name, "power-on to running, chained", "resume_s", "resume_s", 1.1)
			aim(level, name, "write phase, part of dd's rate", of_dd(level, name, "write_s", "dd_write_s"), ">=", 0.85)
			aim(level, name, "read phase, part of dd's rate", of_dd(level, name, "direct_read_s", "dd_read_s"), ">=", 0.85)
			aim(level, name, "load of the helper, s", get(level, name, "load_s"), "<=", 0.3)
			aim(level, name, "helper entry to init, s", get(level, name, "init_save_s"), "<=", 0.6)
		}
}
