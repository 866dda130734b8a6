#!/usr/bin/env bash
# Valid but extreme calls against three real hosts: every function, every parameter, every boundary of its type, through the C library (profile
# opensaf at the first host, strict and then openais at the second), while a client at the third makes 64-byte writes. The hosts have to live, to stay in the
# view that they began in and to log no error, and nobody else may wait: p99 of the writes <= 100 ms, worst <= 1 s.
#   extreme/run.sh [--calls N] [--seed S] [--brief] [--no-masses] [--no-rows] [--hosts PROGRAM]     (20000 calls a profile opensaf, half as many the other two)
# Everything it writes is in .run/extreme of this checkout and in the build directories; the hosts' journal is a SQLite file there.
set -euo pipefail
# Relative paths: a Unix socket's path is limited to 107 bytes, wherever this checkout lies.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

calls=20000 seed=$((RANDOM * 32768 + RANDOM)) more=() program=""
while [ $# -gt 0 ]; do
  case $1 in
    --calls | --seed) [[ ${2:-} =~ ^[0-9]{1,9}$ ]] || { echo "run.sh: $1 needs a number" >&2; exit 2; }
      [ "$1" = --calls ] && calls=$2 || seed=$2
      shift ;;
    --brief | --no-masses | --no-rows | --verbose) more+=("$1") ;;
    --hosts) program=${2:?}; shift ;;
    *) sed -n '5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

build=.build/demo
run=.run/extreme
memory_max=$((512 << 20))
rm -rf "$run"
mkdir -p "$run"
Checkpoint.Native/build.sh
if [ -z "$program" ]; then
  dotnet build Checkpoint.Host -c Release --artifacts-path "$build" -v quiet -nologo
  program=$build/bin/Checkpoint.Host/release/checkpointd
fi
./checkpoint --help >/dev/null # Builds itself when it has changed.

# Three ports that are free now.
ports=() port=$((20000 + RANDOM % 10000))
while [ ${#ports[@]} -lt 3 ]; do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || ports+=("$port")
  port=$((port + 1))
done
seeds=$(printf ',"akka.tcp://checkpoint@127.0.0.1:%s"' "${ports[@]}")

hosts=() others=()
finish() {
  local pid
  for pid in "${others[@]}" "${hosts[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for i in 0 1 2; do
  node=$run/node$((i + 1))
  mkdir -p "$node"
  "$program" --config hocon/node1.conf --set "checkpoint.node-name=node$((i + 1))" --set "checkpoint.data-directory=$node" \
    --set "checkpoint.journal.file=$run/journal.db" --set "checkpoint.replication.memory-max=$((memory_max >> 20)) MiB" \
    --set "akka.remote.dot-netty.tcp.port=${ports[i]}" --set "akka.cluster.seed-nodes=[${seeds#,}]" >"$node.log" 2>&1 </dev/null &
  hosts+=("$!")
done
for i in 0 1 2; do
  for ((k = 0; k < 900; k++)); do
    [ -e "$run/node$((i + 1))/ready" ] && break
    kill -0 "${hosts[i]}" 2>/dev/null || break
    sleep 0.1
  done
  [ -e "$run/node$((i + 1))/ready" ] || { echo "run.sh: host $((i + 1)) has not become ready" >&2; tail "$run/node$((i + 1)).log" >&2; exit 1; }
done

# The number of the view and who is in it.
view() {
  ./checkpoint status --json --socket "$run/node3/checkpoint.sock" --timeout 20s | tr -d '\n' \
    | grep -oE '"(view|host|inView)": *[^,}]+' | sort | tr '\n' ' '
}

failed=0
bad() { echo "run.sh: $*"; failed=1; }
# A host that has ended is told when it happens: what was being called then stands above.
look() {
  local i
  for i in 0 1 2; do
    [ -n "${hosts[i]}" ] && ! kill -0 "${hosts[i]}" 2>/dev/null || continue
    [ -z "${hosts[i]}" ] || bad "host $((i + 1)) has ended: $(tail -n 3 "$run/node$((i + 1)).log")"
    hosts[i]=""
  done
}

before=$(view)
echo "view at the start: $before"
library=Checkpoint.Native/build/libSaCkpt.so
# exec: what is ended by its number must be the program itself, not a shell that leaves it behind.
coproc BESIDE { exec env CHECKPOINT_SOCKET="$run/node3/checkpoint.sock" Checkpoint.Native/build/extreme --lib "$library.1" --beside >"$run/beside.log" 2>&1; }
beside=$BESIDE_PID beside_input=${BESIDE[1]}
others+=("$beside")

# node profile so-number calls; in the background, as $!
extreme() {
  CHECKPOINT_SOCKET=$run/node$1/checkpoint.sock Checkpoint.Native/build/extreme --lib "$library.$3" --profile "$2" --calls "$4" --seed "$seed" \
    --memory-max "$memory_max" "${more[@]}" >"$run/$2.log" 2>&1 &
  others+=("$!")
}
ended() { ! kill -0 "$1" 2>/dev/null; }
echo "seed $seed"
extreme 1 opensaf 1 "$calls"
first=$!
extreme 2 strict 1 $((calls / 2))
second=$! profile=strict
while [ "$profile" = strict ] || ! ended "$first" || ! ended "$second"; do
  look
  [ "$failed" -eq 0 ] || break
  if [ "$profile" = strict ] && ended "$second"; then
    wait "$second" || { bad "profile strict ended with $?"; break; }
    extreme 2 openais 3 $((calls / 2))
    second=$! profile=openais
  fi
  sleep 0.5
done
if [ "$failed" -ne 0 ]; then
  sleep 3
  kill "$first" "$second" "$beside" 2>/dev/null || true
fi
wait "$first" || bad "profile opensaf ended with $?"
wait "$second" || bad "profile $profile ended with $?"
[ "$profile" = openais ] || bad "profile openais was not tried"
exec {beside_input}>&-
wait "$beside" || bad "the client beside ended with $?"
look
after=$(view) || bad "no status"
[ "$before" = "$after" ] || bad "the view has changed: $after"

for profile in opensaf strict openais; do
  echo "== $profile"
  cat "$run/$profile.log" 2>/dev/null || true
done
echo "== beside"
cat "$run/beside.log"
# ERROR lines of Akka's own that a good run may have are in that list, with the reason.
tolerated=$(grep -vE '^(#|$)' Checkpoint.Tests/Processes/tolerated-log-lines.txt)
for i in 1 2 3; do
  errors=$(grep -aE '^\S+Z ERROR |^(Unhandled exception|Fatal|Process terminated)' "$run/node$i.log" | grep -avE "$tolerated" || true)
  [ -z "$errors" ] || bad "host $i logged errors: $(head -n 5 <<<"$errors")"
done
[ "$failed" -eq 0 ] && echo "three hosts lived, in one view" || echo "FAILED"
exit "$failed"
