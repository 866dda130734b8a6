#!/usr/bin/env bash
# Builds the conformance kit: kit/build.sh [OUTPUT-DIRECTORY [COMPILER-FLAG...]]. Compiles only what has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

out=${1:-../build}
[ $# -gt 0 ] && shift
flags=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -O1 -g "$@")
# Under sanitizers gcc cannot see ranges and values that it sees otherwise.
[ $# -eq 0 ] || flags+=(-Wno-format-truncation -Wno-maybe-uninitialized)
objects=$out/kit
mkdir -p "$objects"

# Another set of flags, or a changed declaration, means everything anew.
stamp="${flags[*]} $(cat ./*.h | cksum)"
[ -f "$objects/stamp" ] && [ "$(<"$objects/stamp")" = "$stamp" ] || rm -f "$objects"/*.o "$out/conformance"
list=()
for source in *.c; do
  object=$objects/${source%.c}.o
  list+=("$object")
  [ "$object" -nt "$source" ] || gcc "${flags[@]}" -c "$source" -o "$object"
done
# What was a file and is none any more must not be linked.
printf '%s' "$stamp" >"$objects/stamp"
newest=$(ls -t "${list[@]}" | head -1)
[ "$out/conformance" -nt "$newest" ] || gcc "${flags[@]}" "${list[@]}" -o "$out/conformance" -ldl -lpthread
