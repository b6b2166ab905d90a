#!/bin/sh
# gdb lists the processes of the sleeping system in the core that khimage elf makes of its image,
# and every page that a process filled is in it, those too that the jump exchanged.
. "${0%/*}/lib.sh"

grep -qx CONFIG_DEBUG_INFO=y "$BUILD/main/config" || skip "kernel A has no debug information"
processes=$PWD/${0%/*}/processes.gdb
MEM=512
disks
boot first
begin_life first 20
# 300 MiB of numbered pages: with so little memory, some of them are in the window.
count=75000
guest first "awk 'BEGIN { for (i = 0; i < $count; i++) printf \"page-%05d-$token-%4067s\n\", i, \"\" }' > /dev/shm/pages" 300
expect "bytes of numbered pages" $((count * 4096)) "$(guest first 'stat -c %s /dev/shm/pages')"
for ps in ps ps.later; do
	guest first 'ps -A -o pid=,comm= | sed "s/^ *//"' > "$OUT/$ps"
done
hibernate first
cd "$OUT"

# A file that others could read is not written to.
echo old > core
chmod 644 core
exec 5< core
"$BUILD/khimage" elf target.img core > made
cat made
expect "mode of the core" 600 "$(stat -c %a core)"
expect "what a reader of the old file sees" old "$(cat <&5)"
exec 5<&-
[ "$(du -k core | cut -f 1)" -lt $((MEM * 1024)) ] || die "no holes: $(du -k core) KiB"
readelf -Wln core > headers
grep -q VMCOREINFO headers || die "$(cat headers)"
offset=$(sed -n 's/.* KERNELOFFSET \(0x[0-9a-f]*\),.*/\1/p' made)

zstd -dqf "$BUILD/main/vmlinux.zst" -o vmlinux
gdb -nx -batch -ex "symbol-file vmlinux -o $offset" -ex 'core-file core' -x "$processes" > list 2> errors ||
	die "gdb: $(tail -n 5 errors)"
life=$(sed -n 's/ life$//p' ps)
grep -qx "$life life" list || die "no '$life life' in: $(tail list)"
# What ps saw twice is there, but for threads of the kernel, for which ps makes up longer names
# than the 15 characters of a comm.
grep -xFf ps ps.later | grep -v ' kworker/' > stay
[ "$(grep -c . stay)" -gt 20 ] || die "ps saw only: $(cat stay)"
while read -r pid comm; do
	grep -qxF "$pid $(printf %.15s "$comm")" list || die "no '$pid $comm' in: $(cat list)"
done < stay
echo "note: gdb lists $(grep -c . list) processes, $life life among them"

# makedumpfile finds its way by the VMCOREINFO note alone.
makedumpfile --dump-dmesg core dmesg > makedumpfile.log 2>&1 || die "$(cat makedumpfile.log)"
grep -qF "Linux version $(sed -n 's/.*: kernel \([^,]*\),.*/\1/p' made) " dmesg || die "dmesg: $(head -n 3 dmesg)"

# The pages by their numbers, and how many are in the window: where they stand in the file tells.
places() { grep -zaobE "page-[0-9]{5}-$token-" core | tr '\0' '\n' | awk -F: '$1 % 4096 == 0'; }
expect "numbered pages in the core" $count "$(places | cut -d : -f 2 | sort -u | grep -c .)"
load=$(awk '$1 == "LOAD" { print $2, $4, $5 }' headers | while read -r at pa len; do
	[ $((pa)) -gt $((0x4000000)) ] || [ $((pa + len)) -le $((0x4000000)) ] || { echo $((at - pa)); break; }
done)
places | awk -F: -v at=$((load + 0x4000000)) '$1 >= at && $1 < at + 64 * 1024 * 1024' > window
inside=$(grep -c . window)
[ "$inside" -gt 100 ] || die "only $inside numbered pages were in the window: nothing is shown"
expect "numbered pages in the window, each once" "$inside" "$(cut -d : -f 2 window | sort -u | grep -c .)"
echo "note: $inside of $count numbered pages were in the window"
rm -f core vmlinux
