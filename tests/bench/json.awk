# The same for tools.

function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/[[:cntrl:]]/, " ", text)
	return "\"" text "\""
}
function literal(value) { return value ~ /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/ ? value : quoted(value) }

# All keys of one case or of the run.
function object(level, name,   key, part, text) {
	text = ""
	for (key in figure) {
		split(key, part, SUBSEP)
		if (part[1] == level && part[2] == name)
			text = text ", " quoted(part[3]) ": " literal(figure[key])
	}
	return text
}

END {
	make_aims()
	printf "{\"run\": {%s},\n\"cases\": [", substr(object(0, "run -"), 3)
	comma = ""
	for (l = 1; l <= nlevels; l++)
		for (i = 1; i <= ncases; i++) {
			split(cases[i], word, " ")
			printf "%s\n{\"level\": %d, \"system\": %s, \"codec\": %s%s}", comma, levels[l], quoted(word[1]), quoted(word[2]), \
				object(levels[l], cases[i])
			comma = ","
		}
	printf "],\n\"aims\": ["
	for (i = 1; i <= naims; i++)
		printf "%s\n{\"level\": %d, \"case\": %s, \"what\": %s, \"value\": %s, \"aim\": %s, \"verdict\": %s}", (i > 1 ? "," : ""), aim_level[i], quoted(aim_case[i]), quoted(aim_what[i]), \
			aim_value[i] == "" ? "null" : sprintf("%.4f", aim_value[i]), quoted(aim_limit[i]), quoted(aim_verdict[i])
	print "]}"
}
