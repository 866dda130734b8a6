#!/usr/bin/env bash
# Part of build.sh, which sources it: the programs that need a host (golden_calls, refusals and frames: a stand-in), linked as an application would
# link the library.
# link_test NAME [OBJECT...]
link_test() {
  local name=$1
  shift
  link "$out/$name" "$out/objects/tests/$name.o" "$@" -L"$out" -lSaCkpt -Wl,-rpath,'$ORIGIN'
}

build_tests() {
  local name
  mkdir -p "$out/objects/tests"
  for name in threads soak golden_calls refusals hot_path frames allocations fake_host; do
    compile "tests/$name.c" "$out/objects/tests/$name.o" -Iinclude -Isrc
  done
  for name in threads soak golden_calls refusals; do
    link_test "$name"
  done
  link_test hot_path "$out/objects/tests/allocations.o"
  # The stand-in for a host codes the primitive fields as the library does.
  link_test frames "$out"/objects/{tests/allocations,tests/fake_host,frame,message,wire}.o
}
build_tests
