#!/bin/sh
# tests/run refuses a number that no test has, ends a test at its limit, prints what each took, and
# leaves no process behind, neither of a test nor of an interrupted run.
. "${0%/*}/lib.sh"

# A tree of its own, with tests that start what outlives them.
tree=$OUT/tree
mkdir -p "$tree/tests"
cp tests/run "$tree/tests"
leftover='sleep 54321 & echo $! >> ../pids'
echo "$leftover; exit 0" > "$tree/tests/10-passes.sh"
echo "echo why; exit 77" > "$tree/tests/11-skips.sh"
echo "$leftover; sleep 54321" > "$tree/tests/20-hangs.sh"
echo "$leftover; kill -KILL \$\$" > "$tree/tests/21-is-killed.sh"
cd "$tree"
none_left() {	# of how many
	expect "processes started" "$1" "$(wc -l < ../pids)"
	while read -r pid; do
		tries=0
		# Killed, it may not have been reaped yet; then it has no command line.
		while [ "$(tr -d "\0" 2>/dev/null < "/proc/$pid/cmdline" || :)" ]; do
			tries=$((tries + 1))
			[ $tries -lt "$(limit 30)" ] || die "process $pid is left"
			sleep 0.1
		done
	done < ../pids
	rm ../pids
}

status=0
tests/run 10 99 > said 2>&1 || status=$?
expect "status of a run of no test" 1 $status
expect "what it says" "no test has the number 99" "$(cat said)"
[ ! -e ../pids ] || die "test 10 was run"

status=0
TEST_LIMIT=1 tests/run > said 2>&1 || status=$?
expect "status" 1 $status
none_left 3
expect "last line" "1 passed, 2 failed, 1 skipped" "$(tail -n 1 said)"
grep -q '^20-hangs  *[1-9][0-9]* s  FAIL (still ran after 1 s)' said || die "$(cat said)"
grep -q '^11-skips  *[0-9]* s  skip: why' said || die "$(cat said)"
expect "tests with their times, the longest first" 20-hangs "$(sed -n '/^seconds of each/,$p' said | awk 'NR == 2 { print $2 }')"
sed -n '/^seconds of each/,$p' said | grep -qx 'failed: 20-hangs' || die "the end does not name what failed"

# Interrupted, when two tests hang.
cp tests/20-hangs.sh tests/22-hangs.sh
tests/run 20 22 > said 2>&1 &
run=$!
PIDS=$run tries=0
until [ -e ../pids ] && [ "$(wc -l < ../pids)" = 2 ]; do
	tries=$((tries + 1))
	[ $tries -lt "$(limit 200)" ] || die "the tests did not begin: $(cat said)"
	sleep 0.1
done
kill $run
status=0
wait $run || status=$?
expect "status of an interrupted run" 130 $status
none_left 2
