#!/usr/bin/env bash
# Part of build.sh, which sources it: the programs that need a host (golden_calls, refusals: a stand-in), each one file, linked as an application would link the library.
build_tests() {
  local name
  mkdir -p "$out/objects/tests"
  for name in threads soak golden_calls refusals; do
    compile "tests/$name.c" "$out/objects/tests/$name.o" -Iinclude
    "$cc" "${flags[@]}" -o "$out/$name" "$out/objects/tests/$name.o" -L"$out" -lSaCkpt -Wl,-rpath,'$ORIGIN'
  done
}
build_tests
