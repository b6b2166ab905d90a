#!/bin/sh
# What reads foreign bytes (images, sessions, command lines, packed chunks) bears 20 seconds of fuzzing each.
set -eu
: "${OUT:?}" "${BUILD:?}"

command -v clang > /dev/null || { echo "no clang"; exit 77; }
make -s O="$BUILD" TIME="${TIME:-20}" fuzz
