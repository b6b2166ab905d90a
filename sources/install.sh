#!/bin/sh
# Install the packages of sources/packages that are missing.
set -eu
missing=
for p in $(sed 's/#.*//' "${0%/*}/packages"); do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
		missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
[ "$(id -u)" = 0 ] || { echo "install: root is needed to install:$missing" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null; }
# shellcheck disable=SC2086
get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
	{ get update && get install -y --no-install-recommends $missing >/dev/null; }
