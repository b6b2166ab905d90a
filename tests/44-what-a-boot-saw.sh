#!/bin/sh
# An image that a boot cannot read is not passed by: it is set aside, and told of once.
. "${0%/*}/lib.sh"

# A head of another version: as this one, but for the number.
cat > "$OUT/foreign.c" <<'END'
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include "image/format.h"
#include "image/sum.h"

int main(int argc, char **argv)
{
	static struct image_head h;
	FILE *f = fopen(argv[1], "r+");

	if (argc != 3 || !f || fread(&h, sizeof h, 1, f) != 1)
		return 1;
	h.version = IMAGE_VERSION + 1;
	h.state = atoi(argv[2]);
	h.sum = sum64(&h, offsetof(struct image_head, sum));
	rewind(f);
	return fwrite(&h, sizeof h, 1, f) != 1 || fclose(f);
}
END
gcc -I. -o "$OUT/foreign" "$OUT/foreign.c" "$BUILD/host/image/sum.o"
armed=3 used=5

khimage=$BUILD/khimage-small
truncate -s 8M "$OUT/foreign.img"
"$khimage" format "$OUT/foreign.img"
id=$("$khimage" state "$OUT/foreign.img" | sed -n 's/^id //p')
field() { "$khimage" state "$OUT/foreign.img" | sed -n "s/^$1 //p"; }
refuses() {	# message, arguments
	says=$1
	shift
	! "$khimage" "$@" > "$OUT/said" 2>&1 || die "khimage $*: accepted"
	grep -qF "$says" "$OUT/said" || die "khimage $*: no '$says' in: $(cat "$OUT/said")"
}
"$OUT/foreign" "$OUT/foreign.img" $armed
expect "state, id, live" "foreign $id yes" "$(field state) $(field id) $(field live)"
refuses 'head: format version' attempt "$OUT/foreign.img"
refuses 'holds an image of format version' format "$OUT/foreign.img"
"$khimage" discard "$OUT/foreign.img" 'a test'
expect "state, id, live" "foreign $id no" "$(field state) $(field id) $(field live)"
refuses 'image is failed: it cannot become failed' discard "$OUT/foreign.img" 'a test'
"$khimage" told "$OUT/foreign.img"
# What is no longer of use to the other version is a target for this one.
"$OUT/foreign" "$OUT/foreign.img" $used
"$khimage" format --check "$OUT/foreign.img"
"$khimage" format "$OUT/foreign.img"
expect "state, id" "empty $id" "$(field state) $(field id)"
