#!/usr/bin/env bash
# Installs the C library: both libraries with their links, the headers and the pkg-config files.
# usage: [PREFIX=/usr/local] [DESTDIR=] [LIBDIR=PREFIX/lib] [INCLUDEDIR=PREFIX/include] install.sh
# The same names may be given as arguments: install.sh PREFIX=/usr DESTDIR=/tmp/package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for argument in "$@"; do
  case $argument in
    PREFIX=*|DESTDIR=*|LIBDIR=*|INCLUDEDIR=*) declare "$argument" ;;
    -h|--help) sed -n '2,4s/^# \{0,1\}//p' install.sh; exit 0 ;;
    *) echo "install.sh: $argument? (PREFIX=, DESTDIR=, LIBDIR=, INCLUDEDIR=)" >&2; exit 2 ;;
  esac
done
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
destination=${DESTDIR:-}
for path in "$prefix" "$libdir" "$includedir"; do
  [[ $path == /* ]] || { echo "install.sh: $path is not absolute" >&2; exit 2; }
done

one=libSaCkpt.so.1.0.2
three=libSaCkpt.so.3.0.0
[ -f "build/$one" ] && [ -f "build/$three" ] || ./build.sh

install -d "$destination$libdir/openais" "$destination$libdir/pkgconfig" "$destination$includedir/openais" "$destination$includedir/opensaf"
install -m 755 "build/$one" "build/$three" "$destination$libdir"
ln -sfn "$one" "$destination$libdir/libSaCkpt.so.1"
ln -sfn "$three" "$destination$libdir/libSaCkpt.so.3"
# Both families link with -lSaCkpt: each has its link in a directory of its own, which its pkg-config file names.
ln -sfn libSaCkpt.so.1 "$destination$libdir/libSaCkpt.so"
ln -sfn ../libSaCkpt.so.3 "$destination$libdir/openais/libSaCkpt.so"

install -m 644 include/*.h "$destination$includedir"
install -m 644 include/openais/*.h "$destination$includedir/openais"
install -m 644 include/opensaf/*.h "$destination$includedir/opensaf"

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' ../Directory.Build.props)
for template in pkgconfig/*.pc.in; do
  name=$(basename "$template" .in)
  sed "s|@PREFIX@|$prefix|; s|@LIBDIR@|$libdir|; s|@INCLUDEDIR@|$includedir|; s|@VERSION@|$version|" "$template" >"$destination$libdir/pkgconfig/$name"
  chmod 644 "$destination$libdir/pkgconfig/$name"
done

# Programs find the libraries by name only once the loader's cache knows them; a package does that itself.
if [ -z "$destination" ] && [ "$(id -u)" -eq 0 ] && command -v ldconfig >/dev/null; then
  ldconfig
fi
echo "installed in $destination$prefix (libraries in $destination$libdir)"
