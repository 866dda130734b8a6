#!/usr/bin/env bash
# Installs into a temporary directory, builds a small program against each pkg-config name, and looks at what the programs ask the loader
# for. Without pkg-config the flags come from the files themselves. Prints one line a check; exit code 0 when all hold.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
failed=0
check() { # what command...
  local what=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    echo "ok    $what"
  else
    echo "FAIL  $what"
    sed 's/^/      /' "$work/log"
    failed=1
  fi
}

./install.sh PREFIX=/usr DESTDIR="$root"

# flags PC-NAME: with DESTDIR in front of the directories.
flags() {
  if command -v pkg-config >/dev/null; then
    PKG_CONFIG_LIBDIR=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 \
      PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config --cflags --libs "$1"
  else
    sed -n 's/^\(Cflags\|Libs\): //p' "$root/usr/lib/pkgconfig/$1.pc" \
      | sed "s|\${libdir}|$root/usr/lib|g; s|\${includedir}|$root/usr/include|g" | tr '\n' ' '
  fi
}

# program NAME INCLUDE DESCRIPTOR-BYTES
program() {
  cat >"$work/$1.c" <<END
#include <stdio.h>
#include <$2>
_Static_assert(sizeof(SaCkptCheckpointDescriptorT) == $3, "the family's own layout");
int main(void)
{
    /* Needs no host: the handle is none. */
    return saCkptDispatch(0, SA_DISPATCH_ONE) == SA_AIS_ERR_BAD_HANDLE ? 0 : 1;
}
END
}
soname() { readelf -d "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'; }
needs() { readelf -d "$1" | grep -q "(NEEDED).*\[$2\]"; }
runs() { LD_LIBRARY_PATH=$root/usr/lib "$1"; }
is_link() { [ "$(readlink "$root/usr/lib/$1")" = "$2" ]; }
equal() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }

check "soname of libSaCkpt.so.1.0.2" equal "$(soname "$root/usr/lib/libSaCkpt.so.1.0.2")" libSaCkpt.so.1
check "soname of libSaCkpt.so.3.0.0" equal "$(soname "$root/usr/lib/libSaCkpt.so.3.0.0")" libSaCkpt.so.3
check "links" eval 'is_link libSaCkpt.so.1 libSaCkpt.so.1.0.2 && is_link libSaCkpt.so.3 libSaCkpt.so.3.0.0 \
  && is_link libSaCkpt.so libSaCkpt.so.1 && is_link openais/libSaCkpt.so ../libSaCkpt.so.3'

# name pkg-config-name include descriptor-bytes soname
while read -r name package include bytes library; do
  program "$name" "$include" "$bytes"
  # shellcheck disable=SC2046 # Flags are words.
  check "$package: <$include> compiles and links" \
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror "$work/$name.c" -o "$work/$name" $(flags "$package")
  check "$package: the program asks for $library" needs "$work/$name" "$library"
  check "$package: the program runs" runs "$work/$name"
done <<'END'
plain saCkpt saCkpt.h 64 libSaCkpt.so.1
opensaf opensaf-ckpt opensaf/cpsv_papi.h 64 libSaCkpt.so.1
openais libSaCkpt openais/saCkpt.h 56 libSaCkpt.so.3
openais_short libSaCkpt saCkpt.h 56 libSaCkpt.so.3
END

# The libraries come from one directory; an openais program asks for the version node and gets no word about versions from the loader.
check "the openais program asks for its version node" \
  eval 'readelf -V "$work/openais" | grep -q "OPENAIS_CKPT_B.01.01"'
check "the loader says nothing of versions" eval '! LD_LIBRARY_PATH=$root/usr/lib "$work/openais" 2>&1 | grep .'
# C++ programs include the same headers.
if command -v g++ >/dev/null; then
  check "<saCkpt.h> in C++" g++ -x c++ -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$root/usr/include" - <<<'#include <saCkpt.h>'
  check "<openais/saCkpt.h> in C++" g++ -x c++ -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$root/usr/include" - <<<'#include <openais/saCkpt.h>'
fi
check "each file is readable by everybody" eval '[ -z "$(find "$root" -type f ! -perm -444)" ] && [ -z "$(find "$root" -type d ! -perm -555)" ]'
exit "$failed"
