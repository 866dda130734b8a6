#!/usr/bin/env bash
# The soak: one process, 10 million calls and a million opens and closes against a host of its own; neither may grow between 30 % and 100 %.
# usage: tests/soak.sh [CALLS [OPENS [THREADS [SETTLE-SECONDS]]]]     (10000000 1000000 4 60; well below an hour)
# Everything it writes is in .run/soak of this checkout and in the build directories.
set -euo pipefail
# Relative paths: a Unix socket's path is limited to 107 bytes, wherever this checkout lies.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

build=.build/demo
run=.run/soak
rm -rf "$run"
mkdir -p "$run"
Checkpoint.Native/build.sh
dotnet build Checkpoint.Host -c Release --artifacts-path "$build" -v quiet -nologo
./checkpoint --help >/dev/null # Builds itself when it has changed.

# A port that is free now.
port=$((20000 + RANDOM % 10000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
"$build/bin/Checkpoint.Host/release/checkpointd" --config hocon/node1.conf \
  --set "checkpoint.data-directory=$run" --set "checkpoint.journal.file=$run/journal.db" --set checkpoint.faults.enabled=on \
  --set "akka.remote.dot-netty.tcp.port=$port" --set "akka.cluster.seed-nodes=[\"akka.tcp://checkpoint@127.0.0.1:$port\"]" \
  >"$run/host.log" 2>&1 </dev/null &
host=$!
trap 'kill "$host" 2>/dev/null || true; wait "$host" || true' EXIT
for ((i = 0; i < 900; i++)); do
  [ -e "$run/ready" ] && break
  kill -0 "$host" 2>/dev/null || break
  sleep 0.1
done
[ -e "$run/ready" ] || { echo "soak.sh: the host has not become ready" >&2; tail "$run/host.log" >&2; exit 1; }

export CHECKPOINT_SOCKET=$run/checkpoint.sock
Checkpoint.Native/build/soak "./checkpoint fault collect --timeout 60s --socket $CHECKPOINT_SOCKET >/dev/null" "$@"
