#!/bin/sh
# /dev/oldmem serves other kernels' RAM and refuses the rest, also in the middle of a request.
. "${0%/*}/lib.sh"

klcc -static -Os -Wall -Wextra -Werror -D_GNU_SOURCE -o "$OUT/oldmem" tests/guest/oldmem.c
./mkimage.sh "$OUT/oldmem" "$OUT/oldmem.cpio"
disks 16M
# shellcheck disable=SC2034 # for boot_helper
HELPER_INITRD=$OUT/oldmem.cpio
boot_helper oldmem
ended oldmem 60
expect "verdict" ok "$(head -c 512 "$OUT/target.img" | tr -d '\000')"

