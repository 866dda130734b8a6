#!/usr/bin/env bash
# Tries the two commands of README.md where nothing is installed: a debootstrapped Debian 12 with git, apt and this machine's .NET SDK, a clean
# clone of HEAD in it, with ../shared beside it when there is one. Needs root and debootstrap, some 4 GB in FOLDER, and the network.
#   Checkpoint.Tests/fresh-debian.sh FOLDER              ./run.sh, then ./test.sh --quick
#   Checkpoint.Tests/fresh-debian.sh FOLDER COMMAND...   that instead, in the clone
# FOLDER/base is made once; each run begins anew on top of it, and what it wrote stays in FOLDER/upper until the next. MIRROR is where
# Debian is taken from. Exit code: the first that is not 0.
set -euo pipefail
[ $# -ge 1 ] && [ "${1:0:1}" != - ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "fresh-debian.sh: only root can chroot" >&2; exit 2; }
folder=$(realpath -m "$1")
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
base=$folder/base
inside=(env -i HOME=/srv TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt)
# What a machine's own registry asks for, that this shell has been told.
[ -z "${NUGET_CERT_REVOCATION_MODE:-}" ] || inside+=(NUGET_CERT_REVOCATION_MODE="$NUGET_CERT_REVOCATION_MODE")

make_base() {
  local making=$base.making
  rm -rf "$making"
  mkdir -p "$folder"
  debootstrap bookworm "$making" ${MIRROR:+"$MIRROR"}
  # A mirror may be a copy of some day.
  echo 'Acquire::Check-Valid-Until "false";' >"$making/etc/apt/apt.conf.d/90mirror"
  cp -L /etc/resolv.conf /etc/hosts "$making/etc/"
  chroot "$making" "${inside[@]}" DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get update -q && apt-get install -y -q --no-install-recommends git && apt-get clean'
  mkdir -p "$making/usr/share/dotnet" "$making/srv/.nuget/NuGet" "$making/etc/ssl/certs"
  cp -a "$sdk/." "$making/usr/share/dotnet/"
  ln -s /usr/share/dotnet/dotnet "$making/usr/bin/dotnet"
  [ ! -f ~/.nuget/NuGet/NuGet.Config ] || cp -L ~/.nuget/NuGet/NuGet.Config "$making/srv/.nuget/NuGet/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$making/etc/ssl/certs/"
  mv "$making" "$base"
}

[ -d "$base" ] || make_base
rm -rf "$folder/upper" "$folder/work"
mkdir -p "$folder/upper/srv" "$folder/work" "$folder/merged"
git clone -q --no-hardlinks . "$folder/upper/srv/checkpoint"
# The clone's origin is a path of this machine.
git -C "$folder/upper/srv/checkpoint" remote remove origin
[ ! -d ../shared ] || cp -rL ../shared "$folder/upper/srv/shared"

command=("$@")
[ $# -gt 0 ] || command=(sh -c './run.sh && ./test.sh --quick')
# The mounts go with their namespace, and whatever the commands leave running with its own.
exec unshare --mount --pid --fork --kill-child bash -euc '
  folder=$1
  shift
  mount -t overlay overlay -o "lowerdir=$folder/base,upperdir=$folder/upper,workdir=$folder/work" "$folder/merged"
  cd "$folder/merged"
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount --rbind /dev dev
  mount -t tmpfs tmpfs dev/shm
  mount -t tmpfs tmpfs run
  chroot . "$@"' fresh-debian "$folder" "${inside[@]}" sh -c 'cd /srv/checkpoint && exec "$@"' sh "${command[@]}"
