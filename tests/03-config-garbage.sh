#!/bin/sh
# The configuration file bears garbage: it is accepted, or refused in one line, and nothing in it is run.
set -eu
: "${OUT:?}" "${BUILD:?}"

# Good lines with bytes changed, doubled and taken out, and some that a shell would act on.
awk -v out="$OUT" 'BEGIN {
	srand(1)
	n = split("TARGET=part:/dev/vdb|CODEC=zstd:3|END=reboot|RESUME=direct|WINDOW_MIB=64|# a comment|BOOT_ONCE=$(touch ran)|HELPER_PARAMETERS=`touch ran`; touch ran|TARGET=part:/dev/$(touch ran)|X=\"; touch ran|CODEC=zstd:[1-9]|=|END=*|$(touch ran)=1|A&touch ran=1", line, "|")
	bytes = "$`\"\\;&|<>(){}[]*?~!# =:\t\001\377\r%s-0"
	for (i = 0; i < 200; i++) {
		text = line[1] "\n"
		for (k = int(rand() * 4); k >= 0; k--) {
			s = line[1 + int(rand() * (rand() < 0.8 ? 8 : n))]
			for (m = rand() < 0.4; m > 0; m -= rand() < 0.6) {
				at = int(rand() * (length(s) + 1))
				s = substr(s, 1, at) substr(bytes, 1 + int(rand() * length(bytes)), 1) substr(s, at + 1 + int(rand() * 2))
			}
			text = text s (rand() < 0.9 ? "\n" : "")
		}
		printf "%s", text > (out "/" i ".conf")
		close(out "/" i ".conf")
	}
}'

good=0 refused=0 i=0
cd "$OUT"
while [ $i -lt 200 ]; do
	status=0
	KHIB_CONF="./$i.conf" "$BUILD/khib" targets > list 2> said || status=$?
	case $status:$(wc -l < said):$(cat said) in
	0:0:) good=$((good + 1)) ;;
	1:1:"kexec-hibernate: ./$i.conf"*) refused=$((refused + 1)) ;;
	*) echo "$OUT/$i.conf: status $status: $(cat said)"; exit 1 ;;
	esac
	[ ! -e ran ] || { echo "$OUT/$i.conf: a command in it was run"; exit 1; }
	[ $status != 0 ] || grep -q '^part:' list || { echo "$OUT/$i.conf: accepted without a target"; exit 1; }
	rm "$i.conf" said list
	i=$((i + 1))
done
[ $((good > 20 && refused > 50)) = 1 ] || { echo "$good accepted, $refused refused: that tests nothing"; exit 1; }
echo "note: 200 configurations of garbage: $good accepted, $refused refused"
