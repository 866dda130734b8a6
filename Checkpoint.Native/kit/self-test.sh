#!/usr/bin/env bash
# Does the conformance kit itself work? Without any service: self-test.sh [OUTPUT-DIRECTORY]
# Against a library that answers NOT_SUPPORTED to everything nothing may pass but what --list calls vacuous; a crash and a hang are told as such.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"

out=${1:-../build}
./build.sh "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kit=$out/conformance
failed=0
check() { # sentence, expected, seen
  [ "$2" = "$3" ] && echo "ok: $1" && return
  failed=1
  printf 'FAILED: %s\nexpected: %s\nseen: %s\n' "$1" "$2" "$3"
}
library() { # name soname flags...
  local name=$1 soname=$2
  shift 2
  gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -shared -fPIC "-Wl,-soname,$soname" "$@" selftest/not_supported.c -o "$work/$name"
}
library useless.so.1 libSaCkpt.so.1
library useless.so.3 libSaCkpt.so.3 -DB1
library crashing.so.1 libSaCkpt.so.1 -DCRASH
library hanging.so.1 libSaCkpt.so.1 -DHANG

vacuous=$("$kit" --list | awk -F' \\| ' '/^\| [A-Z]+-/ && $4 ~ /vacuous/ { sub(/^\| /, "", $1); print $1 }' | sort)
for flavour in 1 3; do
  for profile in strict opensaf openais; do
    passed=$("$kit" --lib "$work/useless.so.$flavour" --profile "$profile" --jobs 8 | awk '$2 == "pass" { print $1 }' | sort || true)
    check "a useless .so.$flavour passes only vacuous cases in profile $profile" "" "$(comm -23 <(echo "$passed") <(echo "$vacuous"))"
  done
done
outcome() { "$kit" --lib "$work/$1" --filter INI-01 | awk '$1 == "INI-01" { print $2 }' || true; }
check "a library that crashes is told as an error" error "$(outcome crashing.so.1)"
check "a library that hangs is told as a failure, at the case's deadline" fail "$(outcome hanging.so.1)"
check "JSON is one document with a case for each row of the list" "$("$kit" --list | grep -c '^| [A-Z]*-[0-9]')" \
  "$("$kit" --lib "$work/useless.so.1" --json --jobs 8 2>"$work/summary" | grep -c '"outcome"' || true)"
exit $failed
