#!/usr/bin/env bash
# The demonstration: three hosts on this machine, a worker that counts the words of a file in a checkpoint and one that stands by. In the
# middle of it the first worker and the host it uses are killed with kill -9; the other goes on from the checkpoint and finishes. The counts
# are then read back with ./checkpoint dump and compared with an independent recount by coreutils.
#
#   ./run.sh [FILE]          the file to count (default: the GPL-3 of this machine, or README.md)
#     --kills N              kill N times (1; at most 100); in between hosts and workers are restarted, and a host that orders the counts
#                           although the leader uses another is drained
#     --piece line|64k       what one write covers: a line, or whole lines up to 64 KiB (line below 1 MB of file)
#     --seed N               where the kills come (random; it is printed)
#     --c                    workers written in C (samples/c/wordcount), each on libSaCkpt and the host of its own node
#     --keep                 start killed hosts again at the end, leave all three running, and say what to type next
#   ./run.sh --stop          end what --keep left running
#
# Everything it writes is in .run/ and .build/. Exit code 0 exactly when the counts match.
set -euo pipefail
# Relative paths: a Unix socket's path is limited to 107 bytes, wherever this checkout lies.
start_directory=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
# The SDK itself ends at once where libicu is missing, unless it is told to do without.
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# Spinning threads cost small machines a quarter of their throughput.
export DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

run=.run/demo
build=.build/demo

fail() { echo "run.sh: $*" >&2; exit 1; }
usage() { sed -n '6,14s/^# \{0,1\}//p' run.sh; }
step() { printf '\n== %s\n' "$*"; }

# --- processes: only those that are recorded, and only as long as the number still means the same process ---

# pid start-time name -> does it still run?
is_ours() {
  local stat
  [ -r "/proc/$1/stat" ] && stat=$(<"/proc/$1/stat") 2>/dev/null || return 1
  stat=${stat##*) }
  set -- "$1" "$2" $stat
  # Behind the name come field 3 (state) and so on; the start time is field 22. A zombie has ended.
  [ "${22}" = "$2" ] && [ "$3" != Z ]
}

# signal name-pattern
signal_recorded() {
  local pid started name
  while read -r pid started name; do
    [[ $name == $2 ]] && is_ours "$pid" "$started" && kill "-$1" "$pid" 2>/dev/null
  done <"$run/pids" || true
}

any_recorded() {
  local pid started name
  while read -r pid started name; do
    is_ours "$pid" "$started" && return 0
  done <"$run/pids"
  return 1
}

stop_recorded() {
  local i
  [ -f "$run/pids" ] || return 0
  signal_recorded KILL 'worker*'
  signal_recorded TERM 'node*'
  for ((i = 0; i < 250; i++)); do
    any_recorded || { rm -f "$run/pids"; return 0; }
    sleep 0.1
  done
  signal_recorded KILL '*'
  rm -f "$run/pids"
}

# --- arguments ---

file="" kills=1 piece="" seed="" keep="" native=""
number() { [[ $2 =~ ^[0-9]{1,9}$ ]] || { echo "run.sh: $1 needs a number, not '$2'" >&2; exit 2; }; }
while [ $# -gt 0 ]; do
  case "$1" in
    --kills) number "$1" "${2:-}"; kills=$2; shift; [ "$kills" -le 100 ] || { echo "run.sh: at most 100 kills" >&2; exit 2; } ;;
    --seed) number "$1" "${2:-}"; seed=$2; shift ;;
    --piece) case "${2:-}" in line|64k) piece=$2; shift ;; *) echo "run.sh: --piece is line or 64k" >&2; exit 2 ;; esac ;;
    --c) native=--c ;;
    --keep) keep=1 ;;
    --stop) stop_recorded; exit 0 ;;
    -h|--help) usage; exit 0 ;;
    -*) echo "run.sh: $1?" >&2; usage >&2; exit 2 ;;
    *) [ -z "$file" ] || { echo "run.sh: one file" >&2; exit 2; }; file=$1 ;;
  esac
  shift
done
if [ -z "$file" ]; then
  file=/usr/share/common-licenses/GPL-3
  [ -r "$file" ] || file=$PWD/README.md
elif [[ $file != /* ]]; then
  file=$start_directory/$file
fi
[ -f "$file" ] && [ -r "$file" ] || { echo "run.sh: $file is no readable file" >&2; exit 2; }
bytes=$(stat -Lc %s "$file")
[ -n "$piece" ] || { [ "$bytes" -lt 1000000 ] && piece=line || piece=64k; }
[ -n "$seed" ] || seed=$((RANDOM * 32768 + RANDOM))

# --- what is needed ---

install_missing() {
  local missing=() tool tools=(tr:coreutils sort:coreutils uniq:coreutils sed:sed grep:grep cmp:diffutils flock:util-linux)
  if [ -n "$native" ]; then
    tools+=(gcc:gcc)
    [ -f /usr/include/stdio.h ] || missing+=(libc6-dev)
  fi
  for tool in "${tools[@]}"; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  command -v dotnet >/dev/null || [ -x "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet" ] || missing+=(dotnet-sdk-10.0)
  [ ${#missing[@]} -eq 0 ] && return
  step "installing ${missing[*]}"
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
    || fail "could not install ${missing[*]} (the .NET 10 SDK is at https://dotnet.microsoft.com/download)"
}

install_missing
command -v dotnet >/dev/null || PATH=${DOTNET_ROOT:-$HOME/.dotnet}:$PATH
DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
export DOTNET_ROOT

step "building (the first time takes a minute or two)"
mkdir -p "$build"
for project in Checkpoint.Host samples/WordCount; do
  echo "$project ..."
  if ! dotnet build "$project" -c Release --artifacts-path "$build" -v quiet -nologo >"$build/log" 2>&1; then
    cat "$build/log" >&2
    fail "$project does not build"
  fi
done
echo "the command line ..."
./checkpoint --help >/dev/null # Builds itself when it has changed.
worker=()
if [ -n "$native" ]; then
  echo "the C library and its samples ..."
  Checkpoint.Native/build.sh
  samples/c/build.sh "$PWD/$build/c"
  worker=(--native-worker "$PWD/$build/c/wordcount")
  # In the place of an installation, which the loader knows by itself.
  export LD_LIBRARY_PATH=$PWD/Checkpoint.Native/build
fi
host=$PWD/$build/bin/Checkpoint.Host/release/checkpointd
wordcount=$PWD/$build/bin/WordCount/release/WordCount
[ -x "$host" ] && [ -x "$wordcount" ] || fail "the build left no programs in $build"

# --- the run ---

stop_recorded # What an earlier --keep left, or a run that was itself killed.
rm -rf "$run"
mkdir -p "$run/tmp" "$run/journal"
export TMPDIR=$PWD/$run/tmp
finish() {
  status=$?
  trap - EXIT INT TERM
  [ -n "$keep" ] && [ "$status" -eq 0 ] || stop_recorded
  rm -rf "$run/tmp"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step "counting, with $kills kill(s); to see this run again: ./run.sh ${native:+--c }--seed $seed --kills $kills --piece $piece $file"
"$wordcount" demonstration --file "$file" --piece "$piece" --kills "$kills" --seed "$seed" \
  --directory "$run" --host-program "$host" --hocon hocon "${worker[@]}" ${keep:+--keep hosts} || fail "the run failed; the hosts' and workers' output is in $run/*.log"

# --- the counts out of the checkpoint, and an independent recount ---

dump() {
  local first sections
  for ((first = 0; first < 256; first += 32)); do
    printf -v sections 'words/%02x ' $(seq "$first" $((first + 31)))
    # shellcheck disable=SC2086 # Section ids without spaces, one word each.
    ./checkpoint --socket "$(<"$run/socket")" dump safCkpt=wordcount $sections --timeout 60s
  done
}

step "comparing the checkpoint's counts with a recount by coreutils"
dump >"$run/tmp/slots"
"$wordcount" print <"$run/tmp/slots" | sort -S 25% >"$run/counts"
samples/WordCount/recount.sh "$file" >"$run/recount"

echo "the most frequent words:"
# Into a file first: head closes its pipe early, and sort would fail of that.
sort -t' ' -k1,1nr -k2 -S 25% "$run/counts" >"$run/tmp/by-count"
head -n 8 "$run/tmp/by-count" | cut -b1-60 | sed 's/^/  /' | cat -v

if cmp -s "$run/counts" "$run/recount"; then
  echo "counts match: $(wc -l <"$run/counts") different words, $(awk '{ n += $1 } END { printf "%d", n }' "$run/counts") in all"
else
  echo "counts differ (< checkpoint, > recount):"
  diff -a "$run/counts" "$run/recount" >"$run/differences" || true # Its exit code says that they differ.
  grep -a '^[<>]' "$run/differences" | cut -b1-120 | cat -v | sed -n '1,40p'
  exit 1
fi

if [ -n "$keep" ]; then
  cat <<END

Three hosts are running (their logs: $run/node*.log). Next:
  ./checkpoint status
  ./checkpoint show safCkpt=wordcount
  ./checkpoint dump safCkpt=wordcount cursor | od -A d -t d8
  ./run.sh --stop
END
fi
