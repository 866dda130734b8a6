#!/usr/bin/env bash
# Part of build.sh, which sources it: the bench program, linked as an application would link the library.
build_bench() {
  local source object objects=()
  mkdir -p "$out/objects/bench"
  for source in bench/*.c; do
    object=$out/objects/bench/$(basename "$source" .c).o
    compile "$source" "$object" -Iinclude
    objects+=("$object")
  done
  link "$out/bench" "${objects[@]}" -L"$out" -lSaCkpt -Wl,-rpath,'$ORIGIN'
}
build_bench
