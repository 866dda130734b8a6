#!/usr/bin/env bash
# Builds the C library and what belongs to it with gcc alone, into build/ (or build/asan, build/tsan).
# usage: build.sh [asan|tsan]
# The kit stands for itself; of the other folders (tests, bench, fuzz, extreme) one that has a part.sh builds with the functions and variables below.
set -euo pipefail
cd "$(dirname "$0")"

variant=${1:-}
case $variant in
  "") out=build sanitize=() ;;
  asan) out=build/asan sanitize=(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g) ;;
  tsan) out=build/tsan sanitize=(-fsanitize=thread -g) ;;
  *) echo "usage: build.sh [asan|tsan]" >&2; exit 2 ;;
esac
cc=${CC:-gcc}
flags=(-std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Werror -pthread "${sanitize[@]}")
mkdir -p "$out/objects" "$out/openais"
# Two at a time would link what the other one has half compiled.
exec {lock}>"$out/lock"
flock "$lock"

# An object is made again when its source, any header of ours, or this file is newer.
newest_header=$(ls -t src/*.h include/*.h include/*/*.h build.sh 2>/dev/null | head -1)

# compile SOURCE OBJECT [FLAG...]
compile() {
  local source=$1 object=$2
  shift 2
  if [[ $source -nt $object || $newest_header -nt $object ]]; then
    "$cc" "${flags[@]}" "$@" -c "$source" -o "$object"
  fi
}

# link MADE ARGUMENT...: only when an object among the arguments, or this file, is newer. A program that has the old file open keeps it.
link() {
  local made=$1 argument stale=
  shift
  for argument in build.sh "$@"; do
    argument=${argument##*,} # -Wl,--version-script,src/opensaf.map
    case $argument in
      *.o | *.map | build.sh) [[ $argument -nt $made ]] && stale=1 ;;
    esac
  done
  [[ -n $stale ]] || return 0
  "$cc" "${flags[@]}" "$@" -o "$made.new"
  mv -f "$made.new" "$made"
}

# link_library NAME SONAME MAP OBJECT...
link_library() {
  local name=$1 soname=$2 map=$3
  shift 3
  # The symbols of a sanitizer come from the program.
  local complete=(-Wl,-z,defs)
  [[ -n $variant ]] && complete=()
  link "$out/$name" -shared -Wl,-soname,"$soname" -Wl,--version-script,"$map" -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now "${complete[@]}" "$@"
  ln -sfn "$name" "$out/$soname"
}

build_library() {
  local source object core=()
  for source in src/*.c; do
    object=$out/objects/$(basename "$source" .c).o
    compile "$source" "$object" -fPIC -fvisibility=hidden -Iinclude -Isrc
    case $source in
      src/front_*) ;;
      *) core+=("$object") ;;
    esac
  done
  link_library libSaCkpt.so.1.0.2 libSaCkpt.so.1 src/opensaf.map "$out/objects/front_opensaf.o" "${core[@]}"
  link_library libSaCkpt.so.3.0.0 libSaCkpt.so.3 src/openais.map "$out/objects/front_openais.o" "${core[@]}"
  # The two link names cannot live in one directory.
  ln -sfn libSaCkpt.so.1 "$out/libSaCkpt.so"
  ln -sfn ../libSaCkpt.so.3 "$out/openais/libSaCkpt.so"
}

build_library
if [[ -f kit/build.sh ]]; then
  # With a sanitizer gcc sees values where there are none, and warns of them.
  kit/build.sh "$PWD/$out" "${sanitize[@]}" ${variant:+-Wno-format-truncation}
fi
for part in tests bench fuzz extreme; do
  if [[ -f $part/part.sh ]]; then
    # shellcheck disable=SC1090
    source "$part/part.sh"
  fi
done
