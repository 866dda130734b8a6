#!/usr/bin/env bash
# Part of build.sh, which sources it: the generated test of valid but extreme calls. It binds the library as the kit does, with the kit's sources.
build_extreme() {
  local source object objects=()
  mkdir -p "$out/objects/extreme"
  for source in extreme/*.c kit/vendor.c; do
    object=$out/objects/extreme/$(basename "$source" .c).o
    [[ kit/vendor.h -nt $object || kit/ais.h -nt $object || extreme/extreme.h -nt $object ]] && rm -f "$object"
    compile "$source" "$object" -Ikit
    objects+=("$object")
  done
  link "$out/extreme" "${objects[@]}" -ldl
}
build_extreme
