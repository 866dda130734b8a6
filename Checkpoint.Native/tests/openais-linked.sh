#!/usr/bin/env bash
# Case ABI-06: a program that was linked against a libSaCkpt.so.3 with symbol versions, as openais installs it, runs on ours without
# being linked again, and the loader prints nothing about versions. tests/openais-linked.sh LIBRARY (our libSaCkpt.so.3...)
set -euo pipefail
library=$(realpath "${1:?usage: openais-linked.sh LIBRARY}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node=OPENAIS_CKPT_B.01.01
functions=$(sed -n 's/^[[:space:]]*\(saCkpt[A-Za-z]*\);$/\1/p' "$here/../src/openais.map")

# A stand-in for the library of those days: its soname, its node, its names. In the original SectionOverwrite carries no version.
{ for function in $functions; do echo "int $function(void) { return 19; }"; done; } >"$work/stub.c"
{ echo "$node { global:"; for function in $functions; do [ "$function" = saCkptSectionOverwrite ] || echo "$function;"; done; echo "};"; } >"$work/stub.map"
mkdir "$work/then" "$work/now"
gcc -shared -fPIC -Wl,-soname,libSaCkpt.so.3 -Wl,--version-script,"$work/stub.map" -o "$work/then/libSaCkpt.so.3" "$work/stub.c"

# The program refers to every function, and calls one with arguments that need no service.
{
  echo '#include <stdio.h>'
  for function in $functions; do echo "extern int $function();"; done
  echo 'int (*const all[])() = {'
  for function in $functions; do echo "  $function,"; done
  echo '};'
  cat <<'PROGRAM'
int main(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        count += all[i] != 0;
    printf("%u functions, Initialize of nothing answers %d\n", count, saCkptInitialize((void *)0, (void *)0, (void *)0));
    return 0;
}
PROGRAM
} >"$work/program.c"
# -z now: every reference is resolved at load. The tables of versions are those of the stub.
gcc -w -Wl,-z,now -o "$work/program" "$work/program.c" "$work/then/libSaCkpt.so.3"
readelf -W --version-info "$work/program" | grep -q "$node" || { echo "openais-linked: the program asks for no version: the test is worth nothing" >&2; exit 2; }

ln -s "$library" "$work/now/libSaCkpt.so.3"
if ! said=$(LD_LIBRARY_PATH=$work/now LD_BIND_NOW=1 "$work/program" 2>&1); then
  echo "ABI-06 fail: the program does not run: $said" >&2
  exit 1
fi
expected="$(wc -w <<<"$functions") functions, Initialize of nothing answers 7"
[ "$said" = "$expected" ] || { printf 'ABI-06 fail\n  expected: %s\n  seen:     %s\n' "$expected" "$said" >&2; exit 1; }
echo "ABI-06 pass: $said"
