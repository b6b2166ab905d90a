#!/bin/sh
# All patches apply to the recorded sources with no fuzz, and checkpatch has nothing that is not justified.
. "${0%/*}/lib.sh"

package=$(cut -d' ' -f1 kernel-patches/base)
sources/fetch.sh "$package" "$BUILD"
tree=$OUT/linux
top=$(pwd)
mkdir "$tree"
trap 'rm -rf "$tree"' EXIT
# Only the files that the patches touch, and checkpatch itself.
{
	sed -n 's/^--- a\///p' kernel-patches/*.patch
	echo scripts/checkpatch.pl
	echo scripts/spelling.txt
	echo scripts/const_structs.checkpatch
} | sort -u | sed "s|^|$package/|" > "$OUT/files"
tar xf "$BUILD/$package/usr/src/$package.tar.xz" -C "$tree" --strip-components=1 -T "$OUT/files"
sources/apply.sh kernel-patches "$tree"

for p in kernel-patches/*.patch; do
	grep -q "^${p##*/}$" kernel-patches/series || die "$p is not in series"
	# In a git tree checkpatch takes what is tracked for source, not for a patch.
	(cd "$tree" && GIT_DIR=/nonexistent perl scripts/checkpatch.pl --strict --no-tree --no-summary --terse \
		--show-types --ignore "$(sed -n 's/^checkpatch-ignore //p' "$top/kernel-patches/README.md")" "$top/$p") \
		> "$OUT/checkpatch" || die "checkpatch: $(cat "$OUT/checkpatch")"
done

# A newer or older base must fail loudly and name the patch.
sed -i 's/error = dpm_suspend_end/error = dpm_suspend_never/; s/goto Resume_devices/goto Resume_nothing/' "$tree/kernel/kexec_core.c"
if sources/apply.sh kernel-patches "$tree" > "$OUT/refusal" 2>&1; then die "patches applied to the wrong source"; fi
grep -q '0001-.*does not apply' "$OUT/refusal" || die "no clear refusal: $(cat "$OUT/refusal")"
