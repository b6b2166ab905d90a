#!/bin/sh
# A system with what desktops and container hosts mount hibernates, and all of it is there afterwards.
. "${0%/*}/lib.sh"

# A command of several lines, which the guest gets as one.
lines() { guest "$1" "$(printf %s "$2" | tr '\n' ' ')" 60; }
look='cd /; ls -d /gvfs /over/lib "$(printf "/a b\nc/etc")" /run/netns/one /pinned-ns; cat /lo/file; ip netns exec one ip link show lo | head -n 1;
nsenter --mount=/pinned-ns cat /private/file; grep -c "^[^ ]* [^ ]* [^ ]* [^ ]* .* - fuse" /proc/self/mountinfo'

disks
boot vm
# shellcheck disable=SC2016
lines vm 'mkdir -p /gvfs /doc /evil /over /up /work /lo /auto /private "$(printf "/a b\nc")";
for i in "fuse.gvfsd-fuse gvfsd-fuse /gvfs" "fuse.portal portal /doc" "fuse.x /dev/vdb /evil"; do
setsid /usr/lib/khib-test/fuse $i > /run/fuse.log 2>&1 < /dev/null & done;
mount -t overlay -o lowerdir=/usr:/etc,upperdir=/up,workdir=/work overlay /over;
mount --bind / "$(printf "/a b\nc")"; ip netns add one;
truncate -s 8M /root/lo.img; mkfs.ext4 -q /root/lo.img; losetup /dev/loop0 /root/lo.img; mount /dev/loop0 /lo; echo in the loop > /lo/file;
touch /pinned-ns; unshare --mount=/pinned-ns sh -c "mount -t tmpfs x /private; echo in the namespace > /private/file";
i=0; until [ "$(grep -c " - fuse" /proc/self/mountinfo)" = 3 ]; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done'
begin_life vm 20
lines vm "$look" > "$OUT/before"
grep -qx 'in the namespace' "$OUT/before" || die "not made: $(cat "$OUT/before")"
guest vm 'kexec-hibernate --dry-run' > "$OUT/plan" || die "$(cat "$OUT/plan")"
# The overlay, the loop and the bind mount are on the root, FUSE is nowhere: not on /dev/vdb.
expect "guards" "plan: resume only if nobody has written /dev/vda" "$(grep '^plan: resume only' "$OUT/plan")"
hibernate vm
boot back
guest_end back
check_life back
lines back "$look" > "$OUT/after"
cmp "$OUT/before" "$OUT/after" || die "$(diff "$OUT/before" "$OUT/after")"
