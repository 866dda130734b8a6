#!/usr/bin/env bash
# Builds the samples: samples/c/build.sh [OUTPUT-DIRECTORY]. Against this checkout's library; with an installed one nothing but
# "pkg-config --cflags --libs saCkpt" is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

native=$PWD/../../Checkpoint.Native
out=${1:-$native/build/samples}
mkdir -p "$out"
flags=(-std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Werror -pthread -I"$native/include")
libraries=(-L"$native/build" -lSaCkpt)

gcc "${flags[@]}" ais.c wordcount/*.c -o "$out/wordcount" "${libraries[@]}"
gcc "${flags[@]}" ais.c track.c -o "$out/track" "${libraries[@]}"
